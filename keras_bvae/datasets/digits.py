"""Handwritten digits that come with scikit-learn: real scans, nothing to download."""

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.images import require_image_size

COUNT = 1797
HIGHEST_INK = 16


class Digits(Dataset):
    """1,797 scanned digits of 8 x 8 pixels, smoothly enlarged; no factors.

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

    def prepare(self, progress=None):
        if self._images is None:
            self._images = _enlarged_scans(self.image_shape[0])

    def _images_at(self, indices):
        self.prepare()
        return self._images[indices]

    def stored_images(self, count):
        self.prepare()
        return self._images


def _enlarged_scans(image_size):
    """All scans, bilinearly resampled: uint8, `(1797, image_size, image_size, 1)`."""
    scans = load_digits().images.astype(np.float32) * (255 / HIGHEST_INK)
    size = (image_size, image_size)
    images = [
        # In floating point, so that the ink is rounded once.
        Image.fromarray(scan).resize(size, Image.Resampling.BILINEAR)
        for scan in scans
    ]
    return np.rint(np.stack(images)).astype(np.uint8)[..., None]
