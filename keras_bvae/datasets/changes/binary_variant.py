"""Black and white images painted in colour: sprites in their own, or on noise."""

import math

import numpy as np

from keras_bvae.datasets.changes.dataset_view import DatasetView
from keras_bvae.datasets.changes.hashed_numbers import hashed_bytes, hashed_units
from keras_bvae.errors import InvalidValue
from keras_bvae.rules import require_seed

# All images are painted at once for the device up to here; beyond, step by step.
LARGEST_AT_ONCE = 64 * 2**20
# So many images are painted together that all of them stay in the processor's cache.
IMAGES_AT_ONCE = 64
# IN_COLOUR[byte]: its eight pixels, the highest bit first, red, green and blue of each
# 0 or 255: 24 bytes, which are looked up as one.
IN_COLOUR = np.repeat(
    np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1) * np.uint8(255),
    3,
    axis=1,
).view("V24")[:, 0]
# Keep apart what is drawn under one seed: colours, noise, and others elsewhere.
_COLOR_STREAM = 1
_NOISE_STREAM = 2


class BinaryVariant(DatasetView):
    """Images of white sprites on black, painted in colour when they are asked for.

    A subclass writes `_paint(images, indices)`, a function of the image's number and
    the seed alone: an image looks the same whenever it comes. The factors stay.

    Args:
        base: Dataset of one channel whose pixels are 0 or 255.
        change, note: as for `DatasetView`.
        seed: int >= 0; the same seed paints the same images.

    Raises:
        ValueError: the images have several channels, or other pixels; or the seed is
            no whole number of 0 or more.
    """

    def __init__(self, base, change, note, seed=0):
        require_seed(seed)
        self.seed = int(seed)
        height, width, channels = base.image_shape
        if channels != 1:
            raise _unfit(base, change, f"its images have {channels} channels")
        super().__init__(base, change, note, image_shape=(height, width, 3))
        self._change = change
        self._all = None
        # A look at three finds most sets of grey images out before any work. Packed
        # ones have none, and may have to be read whole to look.
        if not base.packs_bits:
            self._sprites(np.array([0, len(base) // 2, len(base) - 1]))

    packs_bits = False

    def _images_at(self, indices):
        height, width, _ = self.image_shape
        images = np.empty((len(indices), height, 3 * width), np.uint8)
        for first in range(0, len(indices), IMAGES_AT_ONCE):
            some = slice(first, first + IMAGES_AT_ONCE)
            self._draw_white(images[some], indices[some])
            self._paint(images[some], indices[some])
        return images.reshape(-1, height, width, 3)

    def _draw_white(self, images, indices):
        if self.base.packs_bits:
            packed = self.base.stored_at(indices)
            places = images.reshape(*packed.shape, 24).view("V24")[..., 0]
            np.take(IN_COLOUR, packed, out=places, mode="clip")
        else:
            images[:] = np.repeat(self._sprites(indices)[..., 0], 3, axis=2)

    def _paint(self, images, indices):
        """Paints some images in place.

        A pixel's red, green and blue lie beside each other in its row: long rows,
        because NumPy takes seven times as long over rows of three.

        Args:
            images: uint8 array, shape `(n, height, 3 * width)`: 255 on a sprite, else
                0; afterwards in colour.
            indices: int64 array, shape `(n,)`, the images' numbers.
        """
        raise NotImplementedError

    def _rows_of(self, colors):
        """A row of each colour: `(n, 3)` to `(n, 1, 3 * width)`."""
        return np.tile(colors, self.image_shape[1])[:, None]

    def _sprites(self, indices):
        """Images of the base, once all of their pixels are 0 or 255."""
        images = self.base.images_at(indices)
        if not self.base.packs_bits:
            # One more turns 255 into 0 and 0 into 1; all else is larger.
            is_grey = images + np.uint8(1) > 1
            if is_grey.any():
                grey = images[is_grey][0]
                raise _unfit(self.base, self._change, f"it has pixels of {grey}")
        return images

    def stored_at(self, indices):
        return self.images_at(indices)

    def stored_images(self, count):
        if len(self) * math.prod(self.image_shape) > LARGEST_AT_ONCE:
            return None
        if self._all is None:
            self._all = self.images_at(np.arange(len(self)))
        return self._all


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

    def _paint(self, images, indices):
        shares = 0.5 + 0.5 * hashed_units([self.seed, _COLOR_STREAM], indices, 3)
        colors = np.rint(255 * shares).astype(np.uint8)
        images &= self._rows_of(colors)


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

    def _paint(self, images, indices):
        size = math.prod(images.shape[1:])
        noise = hashed_bytes([self.seed, _NOISE_STREAM], indices, size)
        # Adding white and clipping leaves white.
        images |= noise.reshape(images.shape)


def _unfit(base, change, found):
    return InvalidValue(
        f"+{change} paints black and white images, one channel of 0 and 255; received "
        f"{base.name}: {found}. Use dsprites, or another set of black and white images."
    )
