"""A data set made from another one, and what becomes of its factors."""

import difflib

import numpy as np

from keras_bvae.datasets.changes.hashed_numbers import hashed_numbers
from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.factors import FactorTable, combination_numbers
from keras_bvae.errors import InvalidValue

# Keeps these numbers apart from those that paint the images.
_STREAM = 4


class DatasetView(Dataset):
    """The images of another data set, with something about them changed.

    By itself it changes nothing: images are stored, served, prepared and drawn in
    training as the other data set does. A subclass overrides what differs.

    Args:
        base: Dataset.
        change: str, what follows the `+` in its name.
        note: str, a sentence that says what was changed, for `summary`.
        factor_space: as for `Dataset`; that of `base` unless given.
        image_shape: that of `base` unless given.
        count: number of images; that of `base` unless given.
    """

    def __init__(self, base, change, note, image_shape=None, count=None, **space):
        super().__init__(
            f"{base.name}+{change}",
            image_shape or base.image_shape,
            space.get("factor_space", base.factor_space),
            len(base) if count is None else count,
            base.description,
        )
        self.base = base
        self.changes = (*base.changes, note)

    def prepare(self, progress=None):
        self.base.prepare(progress)

    def _images_at(self, indices):
        return self.base.images_at(indices)

    @property
    def factor_values(self):
        values = self.base.factor_values
        return {name: values[name] for name in self.factor_names if name in values}

    @property
    def label_names(self):
        return self.base.label_names

    @property
    def label_sizes(self):
        return self.base.label_sizes

    def labels_at(self, indices):
        return self.base.labels_at(indices)

    @property
    def factors_from(self):
        return self.base.factors_from

    @property
    def published_factors(self):
        return self.base.published_factors

    @property
    def channel_names(self):
        return self.base.channel_names

    @property
    def categories(self):
        return self.base.categories

    @property
    def packs_bits(self):
        return self.base.packs_bits

    def stored_at(self, indices):
        return self.base.stored_at(indices)

    def stored_images(self, count):
        return self.base.stored_images(count)

    def partners_of(self, indices, factors):
        return self.base.partners_of(indices, factors)

    def has_partners(self, indices, factors):
        return self.base.has_partners(indices, factors)

    def training_weights(self):
        return self.base.training_weights()


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
        combinations = combination_numbers(self.factors, self.sizes)
        order = np.argsort(combinations, kind="stable")
        self._combinations, first, count = np.unique(
            combinations[order], return_index=True, return_counts=True
        )
        hashed = hashed_numbers([_STREAM], self._combinations, 1)[:, 0]
        pick = hashed % count.astype(np.uint64)
        self._rows = order[first + pick.astype(np.int64)]


def factor_column(dataset, name, purpose):
    """The position of a factor.

    Args:
        dataset: Dataset.
        name: str, the factor.
        purpose: str, what it is for, as the subject of a sentence: "+hide".

    Returns:
        int.

    Raises:
        ValueError: the data set has no factors, or not this one.
    """
    dataset.require_factors(purpose)
    if name not in dataset.factor_names:
        close = _closest(name, dataset.factor_names)
        advice = f"Did you mean {close}?" if close else "Name one of those."
        raise InvalidValue(
            f"{purpose} must name a factor of {dataset.name}, which has "
            f"{', '.join(dataset.factor_names)}; received {name!r}. {advice}"
        )
    return dataset.factor_names.index(name)


def _closest(name, names):
    """The name that was meant, or None; x_position means position_x."""
    words = sorted(name.split("_"))
    turned = [known for known in names if sorted(known.split("_")) == words]
    close = turned or difflib.get_close_matches(name, names, n=1)
    return close[0] if close else None
