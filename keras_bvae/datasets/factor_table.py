"""Factors that are listed row by row, as a file that holds part of a grid has them."""

import math

import numpy as np

from keras_bvae.datasets.factor_grid import (
    FactorGrid,
    as_classes,
    as_indices,
)


class FactorTable:
    """The factors of each image, one row an image, in any order.

    A combination that occurs twice is found at its first row; one that never occurs
    cannot be found, and `sample` draws only combinations that occur.

    Args:
        names: names of the factors, in the order of the columns.
        factors: int array, shape `(n, factors)`, n >= 1; class indices from 0.

    Raises:
        ValueError: the grid that the classes span is too large to count.
    """

    def __init__(self, names, factors):
        self.names = tuple(names)
        self.factors = np.asarray(factors, dtype=np.int64)
        self.sizes = tuple(int(size) for size in self.factors.max(axis=0) + 1)
        if math.prod(self.sizes) > np.iinfo(np.int64).max:
            raise ValueError(
                "`factors` must span a grid that 64 bits can count; received sizes "
                f"{self.sizes}. Number the classes of each factor 0, 1, 2, …"
            )
        combinations = np.ravel_multi_index(tuple(self.factors.T), self.sizes)
        # Sorted once: a search finds a row in memory that grows with the file alone,
        # not with the grid, which a few odd classes can make astronomically large.
        self._combinations, self._rows = np.unique(combinations, return_index=True)

    def __len__(self):
        return len(self.factors)

    @property
    def is_complete(self):
        """Whether every combination of the classes occurs."""
        return len(self._combinations) == math.prod(self.sizes)

    def at(self, indices):
        """Factors of the images at `indices`; see `FactorGrid.at`."""
        return self.factors[as_indices(indices, len(self))]

    def indices_of(self, factors):
        """First row that holds each combination; see `FactorGrid.indices_of`.

        Raises:
            ValueError: also where a combination is in no row.
        """
        factors = as_classes(factors, self.names, self.sizes)
        wanted = np.ravel_multi_index(tuple(factors.T), self.sizes)
        places = np.searchsorted(self._combinations, wanted)
        places = np.minimum(places, len(self._combinations) - 1)
        missing = self._combinations[places] != wanted
        if missing.any():
            found = dict(zip(self.names, factors[missing][0].tolist(), strict=True))
            raise ValueError(
                "`factors` must be a combination that the data set holds; received "
                f"{found}. It holds {len(self._combinations):,} of "
                f"{math.prod(self.sizes):,} combinations: use a complete one, such "
                "as dsprites, to set the factors freely."
            )
        return self._rows[places]

    def sample(self, rng, count):
        """Draws rows uniformly: the factors are as dependent as they are in the file.

        Args:
            rng: numpy.random.Generator.
            count: number of rows.

        Returns:
            int64 array, shape `(count, factors)`.
        """
        return self.factors[rng.integers(0, len(self), size=count)]


def factors_from_rows(names, factors):
    """A `FactorGrid` where the rows are one, complete and in order; else a table.

    Args:
        names: names of the factors, in the order of the columns.
        factors: int array, shape `(n, factors)`; class indices from 0.
    """
    grid = FactorGrid(names, np.max(factors, axis=0) + 1)
    complete = len(grid) == len(factors)
    if complete and np.array_equal(grid.at(np.arange(len(grid))), factors):
        return grid
    return FactorTable(names, factors)
