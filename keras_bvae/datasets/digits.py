"""Handwritten digits that come with scikit-learn: real scans, nothing to download."""

import functools
import math

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.images import require_image_size

COUNT = 1797
HIGHEST_INK = 16
# Up to 193 pixels a side all images are kept; larger ones are made when asked for.
MOST_BYTES_IN_MEMORY = 2**26


class Digits(Dataset):
    """1,797 scanned digits of 8 x 8 pixels, smoothly enlarged; no factors.

    Which digit an image shows, 0 … 9, is its `label`: a condition for models, and no
    factor, for it made no image.

    Args:
        image_size: height and width of the images, 8 … 512.

    Raises:
        ValueError: image_size is no whole number in that range.

    Source: the test part of "Optical Recognition of Handwritten Digits", Alpaydin &
    Kaynak 1998, UCI Machine Learning Repository, as bundled with scikit-learn.
    """

    def __init__(self, image_size=64):
        require_image_size("digits", image_size)
        super().__init__(
            "digits",
            (int(image_size), int(image_size), 1),
            count=COUNT,
            description="handwritten digits, scanned, from scikit-learn",
        )
        self._images = None

    label_names, label_sizes = ("label",), (10,)

    def labels_at(self, indices):
        return load_digits().target[np.asarray(indices), None].astype(np.int64)

    def prepare(self, progress=None):
        if self._images is None and self._fits():
            self._images = _enlarged(_scans(), self.image_shape[0])

    def _fits(self):
        return COUNT * math.prod(self.image_shape) <= MOST_BYTES_IN_MEMORY

    def _images_at(self, indices):
        if self._fits():
            self.prepare()
            return self._images[indices]
        return _enlarged(_scans()[indices], self.image_shape[0])

    def stored_images(self, count):
        self.prepare()
        return self._images


@functools.cache
def _scans():
    """The scans in floating point, 0 … 255: float32, `(1797, 8, 8)`."""
    return load_digits().images.astype(np.float32) * (255 / HIGHEST_INK)


def _enlarged(scans, image_size):
    """Scans, bilinearly resampled: uint8, `(n, image_size, image_size, 1)`."""
    size = (image_size, image_size)
    images = np.empty((len(scans), *size, 1), np.uint8)
    for row, scan in enumerate(scans):
        # In floating point, so that the ink is rounded once.
        image = Image.fromarray(scan).resize(size, Image.Resampling.BILINEAR)
        images[row, ..., 0] = np.rint(np.asarray(image))
    return images
