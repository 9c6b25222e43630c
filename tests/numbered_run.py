"""Small runs for the tests of training: a data set of 8×8 images with two factors."""

import numpy as np
from small_model import small_model

from keras_bvae import datasets


class Squares(datasets.Dataset):
    """A 3×3 square at each of 6×6 places: 36 images."""

    def __init__(self):
        grid = datasets.FactorGrid(("row", "column"), (6, 6))
        super().__init__("squares", (8, 8, 1), grid, description="a square that moves")

    def _images_at(self, indices):
        images = np.zeros((len(indices), 8, 8, 1), "uint8")
        for image, (row, column) in zip(images, self.factors_at(indices), strict=True):
            image[row : row + 3, column : column + 3] = 255
        return images


def use_small_model(monkeypatch, **kwargs):
    """`start_run` builds the tiny test model instead of a paper's network."""

    def build(settings, dataset):
        return small_model(beta=settings.beta, seed=settings.seed, **kwargs)

    monkeypatch.setattr("keras_bvae.runs.run.build_model", build)
