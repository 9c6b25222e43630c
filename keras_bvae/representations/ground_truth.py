"""The true causes as a representation: what a perfect model would find."""

import numpy as np


class GroundTruth:
    """The factors of each image as its codes, one latent a factor.

    A factor's classes are spread evenly over [0, 1], the first at 0, the last at 1. So
    a shape is a number though shapes have no order, and the two ends of a circular
    orientation lie far apart; metrics treat the factors in the same way. A factor with
    one class is 0.

    Give it to a metric in the place of `encode`: an image does not tell its factors,
    its number does.

    Args:
        dataset: Dataset with factors.

    Raises:
        ValueError: the data set has no factors.
    """

    def __init__(self, dataset):
        dataset.require_factors("the ground truth as a representation")
        self._dataset = dataset
        self._highest = np.maximum(np.array(dataset.factor_sizes) - 1, 1)

    def codes_at(self, indices, progress=None):
        """Codes by the images' numbers.

        Args:
            indices: int array, any shape.
            progress: None or function `(images done, images in all)`.

        Returns:
            float32 array, shape `(*indices.shape, factors)`, in [0, 1].

        Raises:
            ValueError: an index is out of range.
        """
        indices = np.asarray(indices)
        factors = self._dataset.factors_at(indices.ravel())
        codes = (factors / self._highest).astype(np.float32)
        if progress is not None:
            progress(indices.size, indices.size)
        return codes.reshape(*indices.shape, -1)
