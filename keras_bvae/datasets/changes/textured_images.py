"""Scream-dSprites, of any set of black and white images and on any picture."""

import os
import pathlib

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from keras_bvae.datasets.changes.binary_variant import BinaryVariant
from keras_bvae.datasets.changes.hashed_numbers import hashed_bytes, hashed_units
from keras_bvae.datasets.own.image_file import read_image_file
from keras_bvae.datasets.own.picture_opening import explained, open_picture
from keras_bvae.errors import InvalidValue

# The Scream's width beside an image's in disentanglement_lib, Locatello et al. 2019.
WIDTHS_OF_AN_IMAGE = 274 / 64
# Cells of the coarsest octave along a side, and how many octaves follow, each finer by
# two and fainter by a third: soft patches with some grain.
COARSEST_CELLS = 5
OCTAVES = 5
FADING = 0.65
# A strip of a picture, scaled up by its shorter side, would fill the memory.
MOST_PIXELS_OF_A_TEXTURE = 2**26
_SEED = 2019
# Keeps crops and tints apart from what else is drawn under a seed.
_STREAM = 3
# Where a camera notes how it was held, and its notes that exchange the sides.
_ORIENTATION_TAG = 0x0112
_QUARTER_TURNS = (5, 6, 7, 8)
_WIDTH_TAG = 256


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

    def _paint(self, images, indices):
        key = [self.seed, _STREAM]
        tints = self._rows_of(hashed_bytes(key, indices, 3))
        # Of the numbers of an image the first word makes its tint.
        places = hashed_units(key, indices, 3)[:, 1:]
        crops = self._crops(places, *self.image_shape[:2]).reshape(images.shape)
        # Half the sum of two bytes, rounded up, without leaving bytes: what they share
        # and what one of them has, less half of what only one has.
        halves = crops ^ tints
        halves >>= np.uint8(1)
        crops |= tints
        crops -= halves
        images ^= crops

    def _crops(self, places, height, width):
        """Crops of the texture at places in [0, 1): uint8 `(n, height, width, 3)`."""
        rows, columns, _ = self.texture.shape
        free = np.array([rows - height + 1, columns - width + 1])
        tops, lefts = (places * free).astype(np.int64).T
        windows = sliding_window_view(
            self.texture.reshape(rows, -1), (height, 3 * width)
        )
        return windows[tops, 3 * lefts].reshape(-1, height, width, 3)


def generated_texture(image_size):
    """Soft coloured patches: noise of several octaves, the same every time.

    Args:
        image_size: int, the larger side of the images that are cut from it.

    Returns:
        uint8 array, shape `(size, size, 3)`, size about 4.3 times `image_size`; each
        channel runs from 0 to 255.
    """
    size = _texture_size(image_size)
    texture = np.zeros((size, size, 3))
    for octave in range(OCTAVES):
        texture += FADING**octave * _octave(size, COARSEST_CELLS * 2**octave, octave)
    low, high = texture.min(axis=(0, 1)), texture.max(axis=(0, 1))
    return np.rint(255 * (texture - low) / (high - low)).astype(np.uint8)


def picture_texture(path, image_size):
    """A picture whose shorter side is about 4.3 times `image_size`.

    Args:
        path: the file, of a format that `read_image_file` reads.
        image_size: int, the larger side of the images that are cut from it.

    Returns:
        uint8 array, shape `(height, width, 3)`.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it is no ordinary file, or may not be read.
        ValueError: the file is no image, is damaged, or far too long for its width.
    """
    path = pathlib.Path(os.path.expanduser(path))
    sides = np.array(_sides_of_picture(path))
    shape = np.rint(sides * (_texture_size(image_size) / sides.min())).astype(int)
    if shape.prod() > MOST_PIXELS_OF_A_TEXTURE:
        raise InvalidValue(
            f"A background may have {MOST_PIXELS_OF_A_TEXTURE:,} pixels where its "
            f"shorter side has {shape.min():,}; received {path}, of {sides[1]} x "
            f"{sides[0]}. Cut its longer side."
        )
    return read_image_file(path, (*shape.tolist(), 3))[0]


def _texture_size(image_size):
    return round(WIDTHS_OF_AN_IMAGE * image_size)


def _octave(size, cells, octave):
    """Random values on a grid of cells, smoothly in between: `(size, size, 3)`."""
    knots = hashed_units([_SEED, octave], np.arange((cells + 1) ** 2), 3)
    knots = knots.reshape(cells + 1, cells + 1, 3)
    place = np.arange(size) / size * cells
    cell = place.astype(np.int64)
    share = place - cell
    # Level at the knots, so that the grid does not show.
    share = share * share * (3 - 2 * share)
    rows = knots[cell] * (1 - share)[:, None, None]
    rows += knots[cell + 1] * share[:, None, None]
    columns = rows[:, cell] * (1 - share)[:, None]
    return columns + rows[:, cell + 1] * share[:, None]


def _sides_of_picture(path):
    """Height and width of a picture as it is looked at."""
    with open_picture(path) as picture, explained(path):
        width, height = picture.size
        is_turned = picture.getexif().get(_ORIENTATION_TAG) in _QUARTER_TURNS
        # Of a TIFF newer versions of Pillow exchange the sides themselves.
        if picture.format == "TIFF" and picture.tag_v2.get(_WIDTH_TAG) != width:
            is_turned = False
    return (width, height) if is_turned else (height, width)
