"""Factors that form a full grid: every combination of classes, once, in order."""

import math

import numpy as np


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


def as_indices(indices, count):
    """Gives `indices` back as int64, once each of them names one of `count` images.

    Raises:
        ValueError: not a flat array of integers, or out of range.
    """
    indices = np.asarray(indices)
    if indices.ndim != 1 or not (
        indices.size == 0 or np.issubdtype(indices.dtype, np.integer)
    ):
        raise ValueError(
            "`indices` must be a flat array of integers; received "
            f"shape={indices.shape}, dtype={indices.dtype}. "
            "Pass a list for a single image: [7]."
        )
    outside = (indices < 0) | (indices >= count)
    if outside.any():
        raise ValueError(
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
        raise ValueError(
            f"`factors` must have the shape (n, {len(sizes)}), one column each for "
            f"{', '.join(names)}; received shape={factors.shape}. "
            "Pass a list of rows for a single image: [[0, 5, …]]."
        )
    if factors.size and not np.issubdtype(factors.dtype, np.integer):
        raise ValueError(
            f"`factors` must be integers, a class index each; received "
            f"dtype={factors.dtype}. Convert them with factors.astype(int)."
        )
    outside = (factors < 0) | (factors >= np.asarray(sizes))
    if outside.any():
        row, column = np.argwhere(outside)[0]
        raise ValueError(
            f"`{names[column]}` must be a class between 0 and {sizes[column] - 1}; "
            f"received {factors[row, column]} in row {row}. The factors are "
            + ", ".join(f"{n} ({s})" for n, s in zip(names, sizes, strict=True))
            + "."
        )
    return factors.astype(np.int64)
