"""Color-dSprites, of any set of black and white images."""

import numpy as np

from keras_bvae.datasets.changes.binary_variant import BinaryVariant
from keras_bvae.datasets.changes.hashed_numbers import hashed_units

_STREAM = 1


class ColoredImages(BinaryVariant):
    """Each sprite in a colour of its own, on black.

    Red, green and blue are uniform in [0.5, 1], independent of each other and of the
    factors. In the literature's data set a colour is drawn anew each time an image is;
    here each image has one colour for good.

    Args:
        base: Dataset of black and white images.
        seed: int >= 0.

    Raises:
        ValueError: the images are not black and white.

    Source: Color-dSprites, Locatello et al. 2019 (arXiv:1811.12359).
    """

    def __init__(self, base, seed=0):
        note = "each sprite in a colour of its own, red, green and blue in [0.5, 1]"
        super().__init__(base, "color", note, seed)

    def _painted(self, white, indices):
        shares = 0.5 + 0.5 * hashed_units([self.seed, _STREAM], indices, 3)
        colors = np.rint(255 * shares).astype(np.uint8)
        return white & self._rows_of(colors)
