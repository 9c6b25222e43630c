"""Noisy-dSprites, of any set of black and white images."""

import math

from keras_bvae.datasets.changes.binary_variant import BinaryVariant
from keras_bvae.datasets.changes.hashed_numbers import hashed_bytes

_STREAM = 2


class NoisyImages(BinaryVariant):
    """White sprites on coloured noise.

    Noise uniform in [0, 1], of its own for every pixel and channel, is added and the
    sum clipped at 1: the sprite stays white. In the literature's data set the noise is
    drawn anew each time an image is; here each image has its noise for good.

    Args:
        base: Dataset of black and white images.
        seed: int >= 0.

    Raises:
        ValueError: the images are not black and white.

    Source: Noisy-dSprites, Locatello et al. 2019 (arXiv:1811.12359).
    """

    def __init__(self, base, seed=0):
        note = "white sprites on noise, uniform in [0, 1] for each pixel and channel"
        super().__init__(base, "noise", note, seed)

    def _painted(self, white, indices):
        size = math.prod(white.shape[1:])
        noise = hashed_bytes([self.seed, _STREAM], indices, size)
        # Adding white and clipping leaves white.
        return noise.reshape(white.shape) | white
