"""Batches of images for `fit`, in an order that the seed alone decides."""

import keras
import numpy as np

from keras_bvae.datasets.condition import condition_at, require_condition
from keras_bvae.errors import InvalidValue
from keras_bvae.rules import require_seed, require_whole


class ImageBatches(keras.utils.PyDataset):
    """One endless stream of batches, cut from a data set pass after pass.

    Every pass shuffles the data set anew, by `seed` and the number of the pass, and
    drops the few images that do not fill a batch: all batches have the same shape.
    Where the data set has `training_weights`, a pass draws as many images as there are
    by these weights instead, with replacement.
    Which images a step gets depends on nothing else: not on what was asked before, nor
    on threads that read ahead. Each `fit` begins again at `first_step`.

    Keras walks a PyDataset in one of two ways, and neither suits every `fit`. One of
    known length ends a training with `steps_per_epoch` at the end of a pass, in the
    middle of an epoch, with a warning; and the global `random` module shuffles its
    batches. One of unknown length never ends an epoch without `steps_per_epoch`.
    `fit_arguments` chooses and fills in: `model.fit(**batches.fit_arguments(), …)`.

    `fit` of our own models needs neither: it takes the numbers of a step's images from
    `rows_of_step` and looks the images up on the device.

    A subclass that serves other images writes `rows_of_step`; one that serves something
    else writes `batch_of_step`; and `_settings` where its constructor takes more.

    Args:
        dataset: Dataset that the images come from.
        batch_size: images in a batch.
        seed: int >= 0; the same seed gives the same stream.
        shuffle: bool; False: each image once in the data set's order, every pass alike.
        first_step: number of batches to skip: a run that stopped after s steps goes on
            with first_step=s and sees what it would have seen.
        endless: bool; True: Keras is told no length, so `fit` needs `steps_per_epoch`.
        condition: names of factors or labels, or one; batches are then (images,
            classes), as a model with a condition trains on. None: images alone.

    Raises:
        ValueError: an argument is out of range, or the batch larger than the data set.
    """

    def __init__(
        self,
        dataset,
        batch_size=64,
        seed=0,
        shuffle=True,
        first_step=0,
        endless=False,
        condition=None,
    ):
        # Without workers: Keras' queue of an endless PyDataset loses the batches that
        # it fetched to build the model, and a batch takes well under a millisecond.
        super().__init__()
        require_whole("batch_size", batch_size, 1)
        require_seed(seed)
        require_whole("first_step", first_step, 0)
        if batch_size > len(dataset):
            raise InvalidValue(
                "`batch_size` must not exceed the number of images; received "
                f"batch_size={batch_size} for the {len(dataset):,} images of "
                f"{dataset.name}. Use batch_size={len(dataset)} or less."
            )
        self.dataset = dataset
        self.batch_size = int(batch_size)
        self.seed = int(seed)
        self.shuffle = bool(shuffle)
        self.first_step = int(first_step)
        self.endless = bool(endless)
        self.condition = None
        if condition is not None:
            self.condition = tuple(require_condition(dataset, condition))
        self.batches_per_pass = len(dataset) // self.batch_size
        self._orders = {}
        self._passes_done = 0
        self._served = 0

    @property
    def num_batches(self):
        return None if self.endless else self.batches_per_pass

    def indices_of_step(self, step):
        """Which images the batch of a training step holds.

        Args:
            step: int >= 0, counted over the whole run.

        Returns:
            int64 array, shape `(batch_size,)`.
        """
        pass_number, place = divmod(step, self.batches_per_pass)
        start = place * self.batch_size
        return self._order(pass_number)[start : start + self.batch_size]

    def _order(self, pass_number):
        if not self.shuffle:
            pass_number = 0
        order = self._orders.get(pass_number)
        if order is None:
            order = self._new_order(pass_number)
            # Two at most: readers ahead need the next pass while this one ends. A new
            # dict each time, so that no thread meets one that changes under it.
            kept = list(self._orders.items())[-1:]
            self._orders = dict([*kept, (pass_number, order)])
        return order

    def _new_order(self, pass_number):
        count = len(self.dataset)
        if not self.shuffle:
            return np.arange(count)
        rng = np.random.default_rng([self.seed, pass_number])
        weights = self.dataset.training_weights()
        if weights is None:
            order = np.arange(count)
            rng.shuffle(order)
            return order
        return rng.choice(count, size=count, p=weights / weights.sum())

    def __getitem__(self, index):
        self._served += 1
        if not self.endless:
            index += self._passes_done * self.batches_per_pass
        return self.batch_of_step(self.first_step + index)

    def rows_of_step(self, step):
        """Which images the batch of a step holds, in the shape that it holds them.

        Args:
            step: int >= 0, counted over the whole run.

        Returns:
            int64 array; here that of `indices_of_step`.
        """
        return self.indices_of_step(step)

    def batch_of_step(self, step):
        """The batch of a training step.

        Args:
            step: int >= 0, counted over the whole run.

        Returns:
            uint8 array, the shape of `rows_of_step` and `(height, width, channels)`;
            with a condition `(images, classes)`, classes int64 `(batch_size, factors)`.
        """
        rows = self.rows_of_step(step)
        images = np.asarray(self.dataset.images_at(rows.ravel()))
        images = images.reshape(*rows.shape, *self.dataset.image_shape)
        return images if self.condition is None else (images, self.classes_of(rows))

    def classes_of(self, rows):
        """The condition of some images: int64, the shape of `rows` and `(factors,)`."""
        classes = condition_at(self.dataset, rows.ravel(), self.condition)
        return classes.reshape(*rows.shape, -1)

    def on_epoch_end(self):
        # Keras calls this as well after it looked at a batch or two to build the model:
        # that was no pass over the data.
        if self._served >= self.batches_per_pass:
            self._passes_done += 1
        self._served = 0

    def from_step(self, first_step, endless=None):
        """The same stream, begun at another step.

        Args:
            first_step: number of batches to skip, counted from the very beginning.
            endless: bool, or None to leave it as it is.

        Returns:
            ImageBatches; of a subclass, its own kind.
        """
        changes = {} if endless is None else {"endless": endless}
        return type(self)(**{**self._settings(), "first_step": first_step, **changes})

    def _settings(self):
        """Every argument that made this stream, by name; a subclass adds its own."""
        return {
            "dataset": self.dataset,
            "batch_size": self.batch_size,
            "seed": self.seed,
            "shuffle": self.shuffle,
            "first_step": self.first_step,
            "endless": self.endless,
            **({} if self.condition is None else {"condition": self.condition}),
        }

    def fit_arguments(self, steps_per_epoch=None):
        """What to hand to `fit` so that the stream goes on from epoch to epoch.

        Args:
            steps_per_epoch: int; None: one pass over the data an epoch.

        Returns:
            dict with `x`, `steps_per_epoch` and `shuffle`.
        """
        return {
            "x": self.from_step(self.first_step, endless=True),
            "steps_per_epoch": steps_per_epoch or self.batches_per_pass,
            # Keras would warn that it ignores shuffle=True, which is its default.
            "shuffle": False,
        }
