"""Codes and factors that a user brings, in the place of a model and its data set."""

import numpy as np

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.factor_table import FactorTable
from keras_bvae.metrics.representation_arrays import as_codes, as_factors


class OwnCodes(Dataset):
    """A table of codes, one row an image that nobody needs to see.

    It is both what a metric takes as `encode` and its data set:
    `evaluate_representation(own, own)`.

    Args:
        codes: float array, shape `(n, latent_dim)`, finite.
        factors: None, or int array `(n, factors)`: classes, whatever their numbers.
        factor_names: None, or a name for each column; else "factor 0", "factor 1", …
        name: str, what records call it.

    Raises:
        ValueError: an array breaks the rules of `representation_arrays`, or there is
            another number of names than factors.
    """

    def __init__(self, codes, factors=None, factor_names=None, name="own codes"):
        self._codes = as_codes(codes)
        space = None
        if factors is not None:
            factors = as_factors(factors, len(self._codes))
            if factor_names is None:
                factor_names = [f"factor {number}" for number in range(len(factors.T))]
            _require_as_many_names(factor_names, factors)
            space = FactorTable(factor_names, _numbered_from_0(factors))
        super().__init__(name, (), space, len(self._codes), "codes of its user")

    def codes_at(self, indices, progress=None):
        """Codes by their rows, shape `(*indices.shape, latent_dim)`, float64."""
        return self._codes[np.asarray(indices)]

    @property
    def is_complete_grid(self):
        """False: rows with equal factors are different images here."""
        return False


def _numbered_from_0(factors):
    columns = [np.unique(column, return_inverse=True)[1] for column in factors.T]
    return np.stack(columns, axis=1)


def _require_as_many_names(names, factors):
    if len(names) != factors.shape[1]:
        raise ValueError(
            f"`factor_names` must name each of the {factors.shape[1]} factors; "
            f"received {len(names)} names. Give one a column, in their order."
        )
