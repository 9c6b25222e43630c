"""Factors as a full grid of classes, or row by row where only part of it is there."""

import math

import numpy as np

from keras_bvae.errors import InvalidValue


class FactorGrid:
    """Every combination of the factors' classes, counted with the last one fastest.

    Args:
        names: names of the factors, in the order of the columns.
        sizes: number of classes of each factor.
    """

    is_complete = True

    def __init__(self, names, sizes):
        self.names = tuple(names)
        self.sizes = tuple(int(size) for size in sizes)

    def __len__(self):
        return math.prod(self.sizes)

    def at(self, indices):
        """Factors of the images at `indices`.

        Args:
            indices: int array, shape `(n,)`.

        Returns:
            int64 array, shape `(n, factors)`.

        Raises:
            ValueError: an index lies outside the grid.
        """
        indices = as_indices(indices, len(self))
        return np.stack(np.unravel_index(indices, self.sizes), axis=1)

    def indices_of(self, factors):
        """Position of each combination: mixed radix, the last factor fastest.

        Args:
            factors: int array, shape `(n, factors)`.

        Returns:
            int64 array, shape `(n,)`.

        Raises:
            ValueError: the shape is wrong, or a class does not exist.
        """
        factors = as_classes(factors, self.names, self.sizes)
        return np.ravel_multi_index(tuple(factors.T), self.sizes)

    def sample(self, rng, count):
        """Draws every factor uniformly and independently of the others.

        Args:
            rng: numpy.random.Generator.
            count: number of rows.

        Returns:
            int64 array, shape `(count, factors)`.
        """
        return rng.integers(0, self.sizes, size=(count, len(self.sizes)))


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
            raise InvalidValue(
                "`factors` must span a grid that 64 bits can count; received sizes "
                f"{self.sizes}. Number the classes of each factor 0, 1, 2, …"
            )
        combinations = combination_numbers(self.factors, self.sizes)
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
        wanted = combination_numbers(factors, self.sizes)
        places = np.searchsorted(self._combinations, wanted)
        places = np.minimum(places, len(self._combinations) - 1)
        missing = self._combinations[places] != wanted
        if missing.any():
            found = dict(zip(self.names, factors[missing][0].tolist(), strict=True))
            raise InvalidValue(
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


def combination_numbers(factors, sizes):
    """Each row's place in the grid, the last factor fastest: int64, `(n,)`.

    As `numpy.ravel_multi_index`, which takes no more than 64 factors.

    Args:
        factors: int64 array, shape `(n, factors)`, each within its size.
        sizes: number of classes of each factor; their product fits into 64 bits.
    """
    numbers = np.zeros(len(factors), np.int64)
    for column, size in zip(factors.T, sizes, strict=True):
        numbers = numbers * size + column
    return numbers


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


def as_indices(indices, count):
    """Gives `indices` back as int64, once each of them names one of `count` images.

    Raises:
        ValueError: not a flat array of integers, or out of range.
    """
    indices = np.asarray(indices)
    if indices.ndim != 1 or not (
        indices.size == 0 or np.issubdtype(indices.dtype, np.integer)
    ):
        raise InvalidValue(
            "`indices` must be a flat array of integers; received "
            f"shape={indices.shape}, dtype={indices.dtype}. "
            "Pass a list for a single image: [7]."
        )
    outside = (indices < 0) | (indices >= count)
    if outside.any():
        raise InvalidValue(
            f"`indices` must lie between 0 and {count - 1}; "
            f"received {indices[outside][0]}. The data set has {count:,} images."
        )
    return indices.astype(np.int64)


def as_classes(factors, names, sizes):
    """Gives `factors` back as int64, once each of them names an existing class.

    Raises:
        ValueError: wrong shape, not integers, or a class outside its factor's range.
    """
    factors = np.asarray(factors)
    if factors.ndim != 2 or factors.shape[1] != len(sizes):
        raise InvalidValue(
            f"`factors` must have the shape (n, {len(sizes)}), one column each for "
            f"{', '.join(names)}; received shape={factors.shape}. "
            "Pass a list of rows for a single image: [[0, 5, …]]."
        )
    if factors.size and not np.issubdtype(factors.dtype, np.integer):
        raise InvalidValue(
            f"`factors` must be integers, a class index each; received "
            f"dtype={factors.dtype}. Convert them with factors.astype(int)."
        )
    outside = (factors < 0) | (factors >= np.asarray(sizes))
    if outside.any():
        row, column = np.argwhere(outside)[0]
        raise InvalidValue(
            f"`{names[column]}` must be a class between 0 and {sizes[column] - 1}; "
            f"received {factors[row, column]} in row {row}. The factors are "
            + ", ".join(f"{n} ({s})" for n, s in zip(names, sizes, strict=True))
            + "."
        )
    return factors.astype(np.int64)
