"""Factors that several images can share, as they do where a factor is hidden."""

import numpy as np

from keras_bvae.datasets.changes.hashed_numbers import hashed_numbers
from keras_bvae.datasets.factor_table import FactorTable

# Keeps these numbers apart from those that paint the images.
_STREAM = 4


class SharedFactorTable(FactorTable):
    """A table in which one combination of factors may stand for several images.

    `indices_of` picks one of them, by a hash of the combination: always the same one,
    so that images by factors are what they were the last time; and over the
    combinations each of the images equally often, so that a metric which asks for
    images by random factors sees them all mixed, not only the first of each. `sample`
    draws an image, and returns its factors.

    Args:
        names: names of the factors, in the order of the columns.
        factors: int array, shape `(n, factors)`, n >= 1; class indices from 0.
        sizes: number of classes of each factor, whether all occur or not.
    """

    def __init__(self, names, factors, sizes):
        # Not the parent's: the sizes are given, and the rows are picked.
        self.names = tuple(names)
        self.factors = np.asarray(factors, dtype=np.int64)
        self.sizes = tuple(int(size) for size in sizes)
        combinations = np.ravel_multi_index(tuple(self.factors.T), self.sizes)
        order = np.argsort(combinations, kind="stable")
        self._combinations, first, count = np.unique(
            combinations[order], return_index=True, return_counts=True
        )
        hashed = hashed_numbers([_STREAM], self._combinations, 1)[:, 0]
        pick = hashed % count.astype(np.uint64)
        self._rows = order[first + pick.astype(np.int64)]
