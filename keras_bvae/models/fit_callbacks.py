"""Keras's `fit` counts dispatches; what it fetches and whom it tells meanwhile."""

import keras
import numpy as np

from keras_bvae.engine import engine
from keras_bvae.engine.dispatches import hears_steps


class Ticks(keras.utils.PyDataset):
    """Endless nothing: what Keras may fetch while the feed serves the images."""

    @property
    def num_batches(self):
        return None

    def __getitem__(self, index):
        return np.zeros((engine.equal_parts(), 1), "uint8")


class FitCallbacks(keras.callbacks.CallbackList):
    """Keras's list of callbacks; silent on dispatches that are not needed.

    Keras counts dispatches and is told of as many as an epoch may need; the callbacks
    are told of steps.

    One with an attribute `comes_last` comes behind all others, which it finds in its
    `companions`.
    """

    def __init__(self, callbacks, **arguments):
        if not any(isinstance(c, keras.callbacks.History) for c in callbacks):
            callbacks = [*callbacks, keras.callbacks.History()]
        last = [c for c in callbacks if getattr(c, "comes_last", False)]
        others = [c for c in callbacks if c not in last]
        for callback in last:
            callback.companions = others
        super().__init__([*others, *last], add_history=True, **arguments)
        self._are_hearing = any(map(hears_steps, self.callbacks))
        self._has_begun = False

    def on_epoch_begin(self, epoch, logs=None):
        super().on_epoch_begin(epoch, logs)
        model = self._model
        if not self._has_begun:
            # Each has heard of the beginning: weights and place are restored.
            self._has_begun = True
            model.feed.begin(epoch, int(keras.ops.convert_to_numpy(model.step)))
        model.feed.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        feed = self._model.feed
        self._is_idle = feed.is_idle
        if not self._is_idle:
            super().on_train_batch_begin(feed.done, logs)

    def on_train_batch_end(self, batch, logs=None):
        feed = self._model.feed
        # Whoever reads the logs waits for the device. Where images are on their way to
        # it somebody must, or they would pile up there.
        if self._is_idle or not (self._are_hearing or feed.stored is None):
            return
        logs = logs if engine.is_on_cpu() else engine.fetched(logs)
        super().on_train_batch_end(feed.done - 1, logs)
