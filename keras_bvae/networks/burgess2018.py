"""The network of Burgess et al. 2018."""

import math

from keras_bvae.networks.convolutional import (
    convolutional_decoder,
    convolutional_encoder,
    require_halvable,
)

_SMALLEST_MAP = 4  # convolutions halve the image until the map is 4×4


def burgess2018(image_shape, latent_dim=10):
    """Four convolutions of 32 filters (4×4, stride 2), two dense layers of 256.

    The decoder mirrors it. Images of 32×32 get three convolutions, of 128×128 five:
    the map before the dense layers is always 4 wide, as in the paper.

    Args:
        image_shape: `(height, width, channels)`, each side 4 · 2ⁿ, n >= 1.
        latent_dim: int.

    Returns:
        Encoder and decoder, see `keras_bvae.networks.build`.

    Raises:
        ValueError: the sides do not halve evenly.

    Source: Burgess et al. 2018 (arXiv:1804.03599), appendix A.
    """
    depth = max(1, round(math.log2(max(min(image_shape[:2]) / _SMALLEST_MAP, 1))))
    require_halvable("burgess2018", image_shape, depth)
    filters, dense = (32,) * depth, (256, 256)
    return (
        convolutional_encoder(image_shape, latent_dim, filters, (4,) * depth, dense),
        convolutional_decoder(image_shape, latent_dim, filters, dense),
    )
