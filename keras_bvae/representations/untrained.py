"""A VAE's means before its first training step."""

import random

_NETWORK = "burgess2018"
_BATCH_SIZE = 1024


def untrained_encoder(dataset, latent_dim=10, seed=0):
    """An encoder of Burgess et al. with fresh weights, Glorot's uniform ones.

    Python's random numbers, from which Keras draws those weights, go on afterwards as
    if nothing had been drawn.

    Args:
        dataset: Dataset, for the image shape.
        latent_dim: int >= 1.
        seed: int >= 0; the weights also depend on the backend.

    Returns:
        Function of images, uint8 or float in [0, 1], shape `(n, height, width,
        channels)`, to codes, float32 `(n, latent_dim)`.

    Raises:
        ValueError: the images do not fit the network, or `latent_dim` is not valid.

    Source: Burgess et al. 2018 (arXiv:1804.03599), appendix A.
    """
    # Here: what needs no model must not wait for Keras.
    from keras_bvae import networks
    from keras_bvae.models import BetaVAE

    state = random.getstate()
    try:
        random.seed(int(seed))
        model = BetaVAE(
            *networks.build(_NETWORK, dataset.image_shape, latent_dim), seed=int(seed)
        )
    finally:
        random.setstate(state)
    return lambda images: model.encode(images, _BATCH_SIZE)[0]
