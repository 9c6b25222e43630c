"""Only the images of one class of a factor."""

import numpy as np

from keras_bvae.datasets.changes.factor_column import factor_column
from keras_bvae.datasets.changes.shared_factor_table import SharedFactorTable
from keras_bvae.datasets.changes.subset import Subset
from keras_bvae.datasets.dataset_summary import values_in_words
from keras_bvae.datasets.factor_grid import FactorGrid


class FixedFactor(Subset):
    """The images in which a factor has one class; it is no factor any more.

    A complete grid of factors stays one, of one factor less. Where it was the only
    factor, none is left.

    Args:
        base: Dataset with factors.
        factor: str, the one to fix.
        number: int, its class.

    Raises:
        ValueError: there is no such factor or class, or no image of it.
    """

    def __init__(self, base, factor, number):
        column = factor_column(base, factor, "+fix")
        size = base.factor_sizes[column]
        if not 0 <= number < size:
            listed = values_in_words(base, factor)
            raise ValueError(
                f"+fix={factor} must name a class from 0 to {size - 1}; received "
                f"{number}. {base.name} has no other class of {factor}"
                f"{listed and f': {listed}'}."
            )
        rows = np.flatnonzero(_classes_of(base, column) == number)
        if not len(rows):
            raise ValueError(
                f"+fix={factor}:{number} must leave an image; received {base.name}, "
                "which has none of that class. Name another class."
            )
        super().__init__(
            base,
            rows,
            f"fix={factor}:{number}",
            f"{factor} is {number} in every image",
            factor_space=_space_without(base, rows, column),
        )
        self._column, self._number = column, number

    def partners_of(self, indices, factors):
        factors = np.insert(np.asarray(factors), self._column, self._number, axis=1)
        partners = self.base.partners_of(self.rows[indices], factors)
        return np.searchsorted(self.rows, partners)


def _classes_of(base, column):
    return base.factors_at(np.arange(len(base)))[:, column]


def _space_without(base, rows, column):
    names = np.delete(np.array(base.factor_names, dtype=object), column)
    sizes = np.delete(base.factor_sizes, column)
    if not len(names):
        return None
    if isinstance(base.factor_space, FactorGrid):
        return FactorGrid(names, sizes)
    factors = np.delete(base.factors_at(rows), column, axis=1)
    return SharedFactorTable(names, factors, sizes)
