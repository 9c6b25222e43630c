"""From a name, a paper's or our own, to encoder and decoder."""

from keras_bvae.networks.burgess2018 import burgess2018
from keras_bvae.networks.conv import conv
from keras_bvae.networks.higgins2017 import higgins2017, higgins2017_conv
from keras_bvae.networks.locatello2019 import locatello2019
from keras_bvae.rules import require_one_of

NETWORKS = {
    "higgins2017": higgins2017,
    "higgins2017_conv": higgins2017_conv,
    "burgess2018": burgess2018,
    "locatello2019": locatello2019,
    "conv": conv,
}


def build(name, image_shape=(64, 64, 1), latent_dim=None):
    """Builds an encoder and a decoder: a paper's, or `conv`, which is ours.

    Args:
        name: one of `NETWORKS`.
        image_shape: `(height, width, channels)`; channels 1 or 3. Any size for the
            dense network, and from 8 pixels on for `conv`; for the papers'
            convolutional ones the size must halve evenly.
        latent_dim: int >= 1; None: the network's own (10, or 32 for
            higgins2017_conv).

    Returns:
        Two `keras.Model`s. The encoder maps float images in [0, 1], shape
        `(batch, *image_shape)`, to a list `[mean, log_variance]`, each
        `(batch, latent_dim)`. The decoder maps codes `(batch, latent_dim)` to
        `(batch, *image_shape)`: logits for a Bernoulli likelihood, means for a
        Gaussian one; it has no final activation.

    Raises:
        ValueError: the name, the image shape or latent_dim is not a valid one.
    """
    require_one_of("A network", name, NETWORKS)
    image_shape = tuple(image_shape)
    if len(image_shape) != 3 or image_shape[-1] not in (1, 3) or min(image_shape) < 1:
        raise ValueError(
            "`image_shape` must be (height, width, channels) with 1 or 3 channels; "
            f"received image_shape={image_shape}. Put the channels last."
        )
    if latent_dim is not None and (latent_dim != int(latent_dim) or latent_dim < 1):
        raise ValueError(
            "`latent_dim` must be a whole number >= 1; "
            f"received latent_dim={latent_dim!r}. The papers use 10 or 32."
        )
    arguments = {} if latent_dim is None else {"latent_dim": int(latent_dim)}
    return NETWORKS[name](image_shape, **arguments)
