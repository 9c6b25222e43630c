"""A data set whose images bring their condition along, for a conditional model."""

import numpy as np

from keras_bvae.datasets.changes.dataset_view import DatasetView, SharedFactorTable
from keras_bvae.datasets.condition import GivenImages, condition_at, require_condition


class ConditionedDataset(DatasetView):
    """The same data set, by the same name; `images_at` gives `GivenImages`.

    Its batches are pairs of images and conditions.

    Args:
        base: Dataset.
        names: names of its factors or labels.
        **space: `factor_space`, another one than that of `base`.

    Raises:
        ValueError: it has no such factor or label.
    """

    def __init__(self, base, names, **space):
        names = (names,) if isinstance(names, str) else tuple(names)
        self.condition_sizes = tuple(require_condition(base, names).values())
        super().__init__(base, "", "", **space)
        self.name, self.changes = base.name, base.changes
        self.condition_names = names

    def _images_at(self, indices):
        return GivenImages(
            self.base.images_at(indices),
            condition_at(self.base, indices, self.condition_names),
        )

    def batches(self, *args, **kwargs):
        return super().batches(*args, condition=self.condition_names, **kwargs)

    def without_condition(self):
        """The same with the factors that are no condition, for metrics.

        A model that is told a factor has no reason to encode it. Where all factors are
        conditions there is none left.

        Returns:
            ConditionedDataset.
        """
        keep = [
            column
            for column, name in enumerate(self.factor_names)
            if name not in self.condition_names
        ]
        if len(keep) == len(self.factor_names):
            return self
        space = None
        if keep:
            factors = self.base.factors_at(np.arange(len(self)))
            space = SharedFactorTable(
                [self.factor_names[column] for column in keep],
                factors[:, keep],
                [self.factor_sizes[column] for column in keep],
            )
        return ConditionedDataset(self.base, self.condition_names, factor_space=space)


def conditioned(dataset, names):
    """A data set whose images bring the condition `names` along."""
    if getattr(dataset, "condition_names", None) == tuple(names):
        return dataset
    return ConditionedDataset(dataset, names)
