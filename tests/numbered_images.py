"""A data set whose images say which they are."""

import numpy as np

from keras_bvae.datasets.dataset import Dataset


class NumberedImages(Dataset):
    """Image number i is 2 x 2 pixels of the value i; up to 256 of them, no factors."""

    def __init__(self, count):
        super().__init__("numbered", (2, 2, 1), count=count)

    def _images_at(self, indices):
        pixels = np.ones((1, 2, 2, 1), np.uint8)
        return indices[:, None, None, None].astype(np.uint8) * pixels


def numbers_of(images):
    """The number of each image, as a list."""
    return np.asarray(images)[:, 0, 0, 0].tolist()
