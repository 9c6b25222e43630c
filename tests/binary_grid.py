"""A small data set of black and white images with three factors."""

import numpy as np

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.factors import FactorGrid

SIZES = (2, 3, 4)


class BinaryGrid(Dataset):
    """24 images of 8 x 8: a block or a bar, one to three rows high, at four places."""

    def __init__(self, factor_space=None):
        space = factor_space or FactorGrid(("shape", "scale", "x"), SIZES)
        super().__init__("blocks", (8, 8, 1), space, description="blocks and bars")

    def _images_at(self, indices):
        images = np.zeros((len(indices), 8, 8, 1), np.uint8)
        for image, row in zip(images, self.factors_at(indices), strict=True):
            shape, scale, x = row
            image[: scale + 1, 2 * x : 2 * x + 2 - shape] = 255
        return images
