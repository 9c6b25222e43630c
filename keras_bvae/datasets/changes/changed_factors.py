"""A factor held at one class, hidden, or seen together with another one."""

import numpy as np

from keras_bvae.datasets.changes.dataset_view import (
    DatasetView,
    SharedFactorTable,
    factor_column,
)
from keras_bvae.datasets.changes.subset import Subset
from keras_bvae.datasets.dataset_summary import values_in_words
from keras_bvae.datasets.factors import FactorGrid
from keras_bvae.errors import InvalidValue
from keras_bvae.rules import is_finite, is_whole


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
        if not is_whole(number, 0, size - 1):
            listed = values_in_words(base, factor)
            raise InvalidValue(
                f"+fix={factor} must name a class from 0 to {size - 1}; received "
                f"{number}. {base.name} has no other class of {factor}"
                f"{listed and f': {listed}'}."
            )
        rows = np.flatnonzero(_classes_of(base, column) == number)
        if not len(rows):
            raise InvalidValue(
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
        self._factor = factor

    @property
    def published_factors(self):
        """Without those that leave the factor out: there it varies all the same."""
        published = self.base.published_factors
        return published and tuple(n for n in published if self._factor in n)

    def partners_of(self, indices, factors):
        factors = np.insert(np.asarray(factors), self._column, self._number, axis=1)
        partners = self.base.partners_of(self.rows[indices], factors)
        return np.searchsorted(self.rows, partners)

    def has_partners(self, indices, factors):
        factors = np.insert(np.asarray(factors), self._column, self._number, axis=1)
        return super().has_partners(indices, factors)


class HiddenFactor(DatasetView):
    """The same images; one of the factors that made them is not told.

    Of the literature's dSprites without the shape factor: the shape still varies, and
    no metric knows of it. Several images then have the same factors. `images(factors)`
    gives one of them, by a hash of the factors: always the same one for the same
    factors, while random factors find each class of the hidden factor equally often.
    `partners_of`, which pairs of images are made with, keeps the hidden class.

    Args:
        base: Dataset with two factors or more.
        factor: str, the one to hide.

    Raises:
        ValueError: there is no such factor, or no other.

    Source: Locatello et al. 2019 (arXiv:1811.12359) call the set dSprites-noshape.
    """

    def __init__(self, base, factor):
        column = factor_column(base, factor, "+hide")
        names, sizes = list(base.factor_names), list(base.factor_sizes)
        if len(names) == 1:
            raise InvalidValue(
                f"+hide must leave a factor to be seen; received {factor}, the only "
                f"one of {base.name}. Leave +hide out, or use a set with more factors."
            )
        del names[column], sizes[column]
        factors = base.factors_at(np.arange(len(base)))
        super().__init__(
            base,
            f"hide={factor}",
            f"{factor} varies and is hidden: images by factors have any",
            factor_space=SharedFactorTable(
                names, np.delete(factors, column, axis=1), sizes
            ),
        )
        self._column = column

    def partners_of(self, indices, factors):
        if not self.base.is_complete_grid:
            return self.indices_of(factors)
        return self.base.partners_of(indices, self._with_hidden(indices, factors))

    def has_partners(self, indices, factors):
        if not self.base.is_complete_grid:
            return np.ones(len(indices), bool)
        return self.base.has_partners(indices, self._with_hidden(indices, factors))

    def _with_hidden(self, indices, factors):
        hidden = self.base.factors_at(indices)[:, self._column]
        return np.insert(np.asarray(factors), self._column, hidden, axis=1)


class CorrelatedFactors(DatasetView):
    """The same images; training draws two of their factors together.

    An image is drawn with a probability in proportion to exp(-(c1 - c2)² / (2 σ²)).
    Here c1 and c2 are the classes of the two factors, counted evenly from 0 for the
    first to 1 for the last: the line from the first classes to the last ones is the
    most likely, and σ is a share of the range. That is the paper's density with its
    slope α = max c1 / max c2, which is 1 on this scale. All other factors stay uniform
    and independent. The smaller σ, the closer the tie: the paper's studies go from 0.2,
    strong, to 0.7, weak.

    The draw is for training alone: `batches` and the first images of `pair_batches`,
    where they shuffle. A pass draws as many images as there are, with replacement, by
    the seed and the number of the pass. Images by index, factors and the draws of
    metrics stay as they are in `base`, so that scores compare.

    Args:
        base: Dataset with factors.
        first, second: str, two different factors of two classes or more.
        sigma: float > 0.

    Raises:
        ValueError: there is no such factor, it does not vary, they are the same one, or
            sigma is not above 0.

    Source: Träuble et al. 2021 (arXiv:2006.07886), section 3.
    """

    def __init__(self, base, first, second, sigma):
        columns = [factor_column(base, name, "+correlate") for name in (first, second)]
        _require_two_that_vary(base, first, second, columns)
        if not is_finite(sigma, above=0):
            received = f"{sigma:g}" if is_finite(sigma) else repr(sigma)
            raise InvalidValue(
                "+correlate must have a sigma above 0, a share of a factor's range; "
                f"received {received}. Use 0.2 for a strong tie, 0.7 for a weak one."
            )
        super().__init__(
            base,
            f"correlate={first}:{second}:{sigma:g}",
            f"training draws {first} and {second} together, sigma {sigma:g} of their "
            "range; images by index or factors, and metrics, do not",
        )
        self._columns, self.sigma = columns, float(sigma)
        self._weights = None

    def training_weights(self):
        if self._weights is None:
            sizes = np.array(self.base.factor_sizes)[self._columns]
            classes = self.base.factors_at(np.arange(len(self)))[:, self._columns]
            places = classes / (sizes - 1)
            distance = (places[:, 0] - places[:, 1]) / self.sigma
            weights = np.exp(-0.5 * distance**2)
            before = self.base.training_weights()
            self._weights = weights if before is None else weights * before
        return self._weights


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


def _require_two_that_vary(base, first, second, columns):
    if first == second:
        raise InvalidValue(
            f"+correlate must name two different factors; received {first} twice. "
            f"{base.name} has {', '.join(base.factor_names)}."
        )
    for name, column in zip((first, second), columns, strict=True):
        if base.factor_sizes[column] < 2:
            raise InvalidValue(
                "+correlate must name factors that vary; received "
                f"{name}, which has a single class in {base.name}. Name another one."
            )
