"""Data sets whose images hold their own factors, and representations of them."""

import numpy as np

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.factors import FactorGrid

DSPRITES_NAMES = ("shape", "scale", "orientation", "position_x", "position_y")
DSPRITES_SIZES = (3, 6, 40, 32, 32)


class FactorPixels(Dataset):
    """One row of pixels; pixel j is the class of factor j. Sizes up to 256."""

    def __init__(self, names=DSPRITES_NAMES, sizes=DSPRITES_SIZES, factor_space=None):
        space = factor_space or FactorGrid(names, sizes)
        super().__init__("factor_pixels", (1, len(names), 1), space)

    def _images_at(self, indices):
        return self.factors_at(indices).astype(np.uint8)[:, None, :, None]


class NoFactors(Dataset):
    """Eight black images."""

    def __init__(self):
        super().__init__("no_factors", (1, 5, 1), count=8)

    def _images_at(self, indices):
        return np.zeros((len(indices), 1, 5, 1), np.uint8)


def standardised_factors(images, sizes=DSPRITES_SIZES):
    """The factors as read off the pixels, each with mean 0 and variance 1."""
    sizes = np.array(sizes)
    factors = np.asarray(images)[:, 0, :, 0].astype("float64")
    return (factors - (sizes - 1) / 2) / np.sqrt((sizes**2 - 1) / 12)
