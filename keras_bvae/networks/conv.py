"""A convolutional network for images of any size; ours, not a paper's."""

from keras_bvae.networks.convolutional import (
    convolutional_decoder,
    convolutional_encoder,
    halved,
)

_SMALLEST_SIDE = 8
_LARGEST_MAP = 7  # the shorter side is halved until it is 4 to 7
_FILTERS = (32, 32, 64, 64, 128, 128)


def conv(image_shape, latent_dim=10):
    """Convolutions (4×4, stride 2) until the map is 4 to 7 wide, dense 256, mirrored.

    Their number follows the size, and filters grow with it: 32, 32, 64, 64, 128, 128,
    and 128 from then on. Odd sides are halved upwards, and the decoder cuts off the
    row or column too many.

    | side | map | filters | parameters, grey, 10 latents |
    |---|---|---|---|
    | 28 | 7 | 32, 32 | 846,485 |
    | 32 | 4 | 32, 32, 64 | 633,045 |
    | 64 | 4 | 32, 32, 64, 64 | 764,245 |
    | 128 | 4 | 32, 32, 64, 64, 128 | 1,551,893 |
    | 256 | 4 | 32, 32, 64, 64, 128, 128 | 2,076,437 |

    No paper has this network: at 64 pixels it is that of Higgins et al. 2017 for
    photographs, `higgins2017_conv`, with 10 latents; other sizes follow the same rule.

    Args:
        image_shape: `(height, width, channels)`, each side 8 or more.
        latent_dim: int.

    Returns:
        Encoder and decoder, see `keras_bvae.networks.build`.

    Raises:
        ValueError: a side is shorter than 8.
    """
    if min(image_shape[:2]) < _SMALLEST_SIDE:
        raise ValueError(
            f"The conv network takes images of {_SMALLEST_SIDE} pixels or more a side; "
            f"received image_shape={tuple(image_shape)}. Enlarge the images, or use "
            "the dense network higgins2017."
        )
    depth = _depth(min(image_shape[:2]))
    filters = tuple(_FILTERS[min(i, len(_FILTERS) - 1)] for i in range(depth))
    return (
        convolutional_encoder(image_shape, latent_dim, filters, (4,) * depth, (256,)),
        convolutional_decoder(image_shape, latent_dim, filters[::-1], (256,)),
    )


def _depth(side):
    """How often a side is halved until it is `_LARGEST_MAP` or less."""
    depth = 0
    while side > _LARGEST_MAP:
        side, depth = halved(side), depth + 1
    return depth
