"""Scream-dSprites, of any set of black and white images and on any picture."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from keras_bvae.datasets.changes.binary_variant import BinaryVariant
from keras_bvae.datasets.changes.hashed_numbers import hashed_bytes, hashed_units
from keras_bvae.datasets.changes.texture import generated_texture, picture_texture

_STREAM = 3


class TexturedImages(BinaryVariant):
    """Sprites on a textured background, which they invert.

    The background is a random crop of a picture, averaged with a random colour, uniform
    in [0, 1] for each channel; a pixel of the sprite is 1 minus the background there.
    The literature takes Munch's The Scream, 274 x 350 pixels where images have 64, and
    draws crop and colour anew each time an image is; here each image has its own for
    good, and a picture is scaled until its shorter side is as many images wide as The
    Scream's.

    Args:
        base: Dataset of black and white images.
        picture: path of a picture, or None for a texture that is generated.
        seed: int >= 0.

    Raises:
        FileNotFoundError: there is no such picture.
        ValueError: the images are not black and white, or the picture is damaged.

    Source: Scream-dSprites, Locatello et al. 2019 (arXiv:1811.12359).
    """

    def __init__(self, base, picture=None, seed=0):
        change = "background" if picture is None else f"background={picture}"
        ground = "a generated texture" if picture is None else f"crops of {picture}"
        note = f"sprites on {ground}, tinted at random; the sprite inverts it"
        super().__init__(base, change, note, seed)
        image_size = max(base.image_shape[:2])
        if picture is None:
            self.texture = generated_texture(image_size)
        else:
            self.texture = picture_texture(picture, image_size)

    def _painted(self, white, indices):
        key = [self.seed, _STREAM]
        tints = self._rows_of(hashed_bytes(key, indices, 3))
        # Of the numbers of an image the first word makes its tint.
        places = hashed_units(key, indices, 3)[:, 1:]
        crops = self._crops(places, *self.image_shape[:2]).reshape(white.shape)
        # Widened: the sum of two bytes does not fit a byte.
        ground = ((crops.astype(np.uint16) + tints + 1) >> 1).astype(np.uint8)
        return ground ^ white

    def _crops(self, places, height, width):
        """Crops of the texture at places in [0, 1): uint8 `(n, height, width, 3)`."""
        rows, columns, _ = self.texture.shape
        free = np.array([rows - height + 1, columns - width + 1])
        tops, lefts = (places * free).astype(np.int64).T
        windows = sliding_window_view(
            self.texture.reshape(rows, -1), (height, 3 * width)
        )
        return windows[tops, 3 * lefts].reshape(-1, height, width, 3)
