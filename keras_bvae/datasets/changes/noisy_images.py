"""Noisy-dSprites, of any set of black and white images."""

import numpy as np

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

    def _painted(self, sprites, indices):
        size = sprites[0].size * 3
        noise = hashed_bytes([self.seed, _STREAM], indices, size)
        noise = noise.reshape(*sprites.shape[:3], 3)
        # Adding white and clipping leaves white.
        return noise | np.where(sprites, np.uint8(255), np.uint8(0))
