"""A factor that varies, but is not among the factors."""

import numpy as np

from keras_bvae.datasets.changes.dataset_view import DatasetView
from keras_bvae.datasets.changes.factor_column import factor_column
from keras_bvae.datasets.changes.shared_factor_table import SharedFactorTable


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
            raise ValueError(
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
        hidden = self.base.factors_at(indices)[:, self._column]
        return self.base.partners_of(
            indices, np.insert(np.asarray(factors), self._column, hidden, axis=1)
        )
