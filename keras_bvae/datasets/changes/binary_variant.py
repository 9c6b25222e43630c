"""Black and white images painted anew in colour, each in its own way."""

import math

import numpy as np

from keras_bvae.datasets.changes.dataset_view import DatasetView

# All images are painted at once for the device up to here; beyond, step by step.
LARGEST_AT_ONCE = 64 * 2**20


class BinaryVariant(DatasetView):
    """Images of white sprites on black, painted in colour when they are asked for.

    A subclass writes `_painted(sprites, indices)`, a function of the image's number and
    the seed alone: an image looks the same whenever it comes. The factors stay.

    Args:
        base: Dataset of one channel whose pixels are 0 or 255.
        change, note: as for `DatasetView`.
        seed: int >= 0; the same seed paints the same images.

    Raises:
        ValueError: the images have several channels, or other pixels.
    """

    def __init__(self, base, change, note, seed=0):
        height, width, channels = base.image_shape
        if channels != 1:
            raise _unfit(base, change, f"its images have {channels} channels")
        super().__init__(base, change, note, image_shape=(height, width, 3))
        self.seed = int(seed)
        self._change = change
        self._all = None
        # A look at three finds most sets of grey images out before any work. Packed
        # ones have none, and may have to be read whole to look.
        if not base.packs_bits:
            self._sprites(np.array([0, len(base) // 2, len(base) - 1]))

    packs_bits = False

    def _images_at(self, indices):
        return self._painted(self._sprites(indices), indices)

    def _painted(self, sprites, indices):
        """Images in colour.

        Args:
            sprites: bool array, shape `(n, height, width, 1)`, True where white.
            indices: int64 array, shape `(n,)`, the images' numbers.

        Returns:
            uint8 array, shape `(n, height, width, 3)`.
        """
        raise NotImplementedError

    def _sprites(self, indices):
        images = self.base.images_at(indices)
        sprites = images == 255
        if not self.base.packs_bits and images.any(where=~sprites):
            grey = images[(images > 0) & ~sprites][0]
            raise _unfit(self.base, self._change, f"it has pixels of {grey}")
        return sprites

    def stored_at(self, indices):
        return self.images_at(indices)

    def stored_images(self, count):
        if len(self) * math.prod(self.image_shape) > LARGEST_AT_ONCE:
            return None
        if self._all is None:
            self._all = self.images_at(np.arange(len(self)))
        return self._all


def _unfit(base, change, found):
    return ValueError(
        f"+{change} paints black and white images, one channel of 0 and 255; received "
        f"{base.name}: {found}. Use dsprites, or another set of black and white images."
    )
