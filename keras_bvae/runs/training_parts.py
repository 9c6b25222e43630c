"""Which images of a data set train a model, and which are held out to look at it."""

import math
from typing import Any, NamedTuple

import keras
import numpy as np

from keras_bvae.datasets.condition import condition_at
from keras_bvae.errors import InvalidValue


class Parts(NamedTuple):
    """The parts of a run's data set.

    Attributes:
        training: `Dataset`, all that the model may learn from.
        held_out: `Dataset`, or None where nothing is held out.
    """

    training: Any
    held_out: Any = None


def parts_of(settings, dataset):
    """Divides a run's data set: whatever is learnt comes from `training` alone.

    Args:
        settings: `Settings`.
        dataset: the data set that `settings.data` names.

    Returns:
        `Parts`; the same ones for the same seed and share.

    Raises:
        InvalidValue: there is a single image to divide.
    """
    if not settings.validation:
        return Parts(dataset)
    return Parts(*dataset.split(settings.validation, settings.seed))


class HeldOutBatches(keras.utils.PyDataset):
    """All images of a data set in its order, in batches much like those that train.

    No image is left out, and no batch is smaller, which penalties of a batch would
    notice: each holds `batch_size` images or a few more, or all where there are fewer.

    Args:
        dataset: `Dataset`.
        batch_size: int >= 1.
        condition: names of factors or labels that come with the images; None: none.
    """

    def __init__(self, dataset, batch_size, condition=None):
        super().__init__()
        self.dataset = dataset
        self.condition = condition
        count = max(len(dataset) // batch_size, 1)
        self._edges = np.linspace(0, len(dataset), count + 1).astype(int)
        self.batch_size = math.floor(len(dataset) / count)

    @property
    def num_batches(self):
        return len(self._edges) - 1

    def __getitem__(self, index):
        rows = np.arange(*self._edges[index : index + 2])
        images = self.dataset.images_at(rows)
        if self.condition is None:
            return images
        return images, condition_at(self.dataset, rows, self.condition)


def require_held_out(model, dataset):
    """Raises where too few images are held out to compute the objective's terms.

    Args:
        model: `VariationalAutoencoder`.
        dataset: `Dataset`, the part held out.

    Raises:
        InvalidValue: a single image, of a model that compares the images of a batch.
    """
    if len(dataset) < 2 and _compares_images(model):
        raise InvalidValue(
            "Validation of an objective that compares images needs at least 2 of them; "
            f"received a share of which {len(dataset)} is held out. Hold more out by "
            "validation."
        )


def _compares_images(model):
    try:
        model.require_training_data(None, 1)
    except InvalidValue:
        return True
    return False
