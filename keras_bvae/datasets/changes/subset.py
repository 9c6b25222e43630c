"""Some images of another data set; a part for training and a part held out."""

import math

import numpy as np

from keras_bvae.datasets.changes.dataset_view import DatasetView, SharedFactorTable
from keras_bvae.datasets.factors import as_indices
from keras_bvae.errors import InvalidValue
from keras_bvae.rules import is_finite, require_seed

# Images as they are stored are copied up to here; beyond, they are gathered step by
# step from where they lie, which costs a step little and the memory nothing.
LARGEST_COPY = 64 * 2**20
# Keeps the draw apart from the passes of `ImageBatches` under the same seed.
_STREAM = 5


class Subset(DatasetView):
    """Some images of another data set, in its order, with their factors.

    Factors keep their names, sizes and classes. Images stay where they are: nothing is
    copied but a small set as it goes to the device.

    Args:
        base: Dataset.
        rows: int array, shape `(n,)`, numbers of its images, rising.
        change, note: as for `DatasetView`.
        factor_space: None: the factors of `rows`, in a table.

    Raises:
        ValueError: `rows` is empty, out of range, or does not rise.
    """

    def __init__(self, base, rows, change, note, **space):
        rows = as_indices(rows, len(base))
        if not len(rows) or (np.diff(rows) <= 0).any():
            raise InvalidValue(
                "`rows` must be numbers of images, each larger than the one before; "
                f"received {len(rows):,} of them. Use numpy.unique(rows)."
            )
        if not space:
            space = {"factor_space": _factors_of(base, rows)}
        super().__init__(base, change, note, count=len(rows), **space)
        self.rows = rows

    def _images_at(self, indices):
        return self.base.images_at(self.rows[indices])

    def labels_at(self, indices):
        return self.base.labels_at(self.rows[np.asarray(indices)])

    def stored_at(self, indices):
        return self.base.stored_at(self.rows[as_indices(indices, len(self))])

    def store(self):
        # Most of a large set: all of it is looked up in, and nothing copied.
        if 2 * len(self) < len(self.base) or self._is_small_or_in_one_piece:
            return self, None
        store, rows = self.base.store()
        return store, self.rows if rows is None else rows[self.rows]

    @property
    def _is_small_or_in_one_piece(self):
        first, last = self.rows[[0, -1]]
        # Asked for before anything is read or drawn.
        values = len(self) * math.prod(self.image_shape)
        bits = 1 if self.packs_bits else 8 if self.kind == "images" else 32
        size = values * bits // 8
        return last - first == len(self) - 1 or size <= LARGEST_COPY

    def stored_images(self, count):
        stored = self.base.stored_images(count)
        if stored is None:
            return None
        first, last = self.rows[[0, -1]]
        if last - first == len(self) - 1:
            return stored[first : last + 1]
        size = len(self) * stored[:1].nbytes
        return stored[self.rows] if size <= LARGEST_COPY else None

    @property
    def gives_pairs(self):
        """Of a part of a complete grid most partners are there, or others that do."""
        return self.is_complete_grid or self.base.gives_pairs

    def partners_of(self, indices, factors):
        if not self.base.gives_pairs:
            return self.indices_of(factors)
        return self._places_of_partners(indices, factors)[0]

    def has_partners(self, indices, factors):
        return self._places_of_partners(indices, factors)[1]

    def _places_of_partners(self, indices, factors):
        """Their numbers here, and which of these are true; of a part, few are not."""
        firsts = self.rows[as_indices(indices, len(self))]
        wanted = self.base.partners_of(firsts, factors)
        places = np.minimum(np.searchsorted(self.rows, wanted), len(self) - 1)
        found = self.rows[places] == wanted
        return places, found & self.base.has_partners(firsts, factors)

    def training_weights(self):
        weights = self.base.training_weights()
        return None if weights is None else weights[self.rows]


def split(dataset, validation, seed):
    """Divides a data set by chance; see `Dataset.split`."""
    _require_share(validation, dataset)
    require_seed(seed)
    count = len(dataset)
    held_out = min(max(round(validation * count), 1), count - 1)
    order = np.random.default_rng([_STREAM, seed]).permutation(count)
    share = f"{validation:g}:{seed}"
    return (
        Subset(
            dataset,
            np.sort(order[held_out:]),
            f"train={share}",
            f"without the {held_out:,} images held out by seed {seed}",
        ),
        Subset(
            dataset,
            np.sort(order[:held_out]),
            f"validation={share}",
            f"the images held out by seed {seed}, of {count:,}",
        ),
    )


def _factors_of(base, rows):
    if not base.has_factors:
        return None
    return SharedFactorTable(
        base.factor_names, base.factors_at(rows), base.factor_sizes
    )


def _require_share(validation, dataset):
    if not is_finite(validation, above=0, below=1):
        raise InvalidValue(
            "`validation` must be a share between 0 and 1; received "
            f"validation={validation!r}. Use 0.1 to hold a tenth out."
        )
    if len(dataset) < 2:
        raise InvalidValue(
            f"A data set to split must have two images; received {dataset.name}, which "
            f"has {len(dataset)}. Use a larger one."
        )
