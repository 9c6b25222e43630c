"""A VAE's means before its first training step."""

import random

_BATCH_SIZE = 1024


def untrained_encoder(dataset, latent_dim=10, seed=0, network="burgess2018"):
    """A paper's encoder with fresh weights, Glorot's uniform ones.

    Python's random numbers, from which Keras draws those weights, go on afterwards as
    if nothing had been drawn.

    Args:
        dataset: Dataset, for the image shape.
        latent_dim: int >= 1.
        seed: int >= 0; the weights also depend on the backend.
        network: str, see `keras_bvae.networks.build`. On dSprites the codes of
            "burgess2018" have a standard deviation of 0.005, those of the dense
            "higgins2017" one of 0.1: a classifier that learns slowly tells them apart.

    Returns:
        Function of images, uint8 or float in [0, 1], shape `(n, height, width,
        channels)`, to codes, float32 `(n, latent_dim)`.

    Raises:
        ValueError: the images do not fit the network, or `latent_dim` is not valid.

    Source: Higgins et al. 2017 (OpenReview Sy2fzU9gl), table 1: "VAE (untrained)".
    """
    # Here: what needs no model must not wait for Keras.
    from keras_bvae import networks
    from keras_bvae.models import BetaVAE

    state = random.getstate()
    try:
        random.seed(int(seed))
        model = BetaVAE(
            *networks.build(network, dataset.image_shape, latent_dim), seed=int(seed)
        )
    finally:
        random.setstate(state)
    return lambda images: model.encode(images, _BATCH_SIZE)[0]
