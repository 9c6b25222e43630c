"""`fit` on a stream of batches: many steps a dispatch, images found on the device."""

import inspect

import keras
import numpy as np

from keras_bvae.datasets.image_batches import ImageBatches
from keras_bvae.engine import engine
from keras_bvae.engine.feed import Feed, unpacking
from keras_bvae.engine.steps_at_once import steps_at_once


class FusedFit:
    """Mixin before `keras.Model` whose `fit` takes `ImageBatches` the fast way.

    Keras's own `fit` runs: epochs, callbacks, validation and logs are Keras's. It only
    gets a train function that ignores what Keras would feed it and runs several steps
    from a `Feed` instead: Keras counts them by its `steps_per_execution`.
    """

    feed = None
    """The `Feed` of the `fit` that is running, or None."""

    def compile(self, *args, **kwargs):
        super().compile(*args, **kwargs)
        self._many_steps = {}

    def can_feed(self, batches, callbacks=None):
        """Whether `fit` on these batches can take the fast way.

        Not where the user wants each step run eagerly or spread over devices, nor with
        a `CallbackList` of the user's own or a subclass of `ImageBatches` that serves
        other things than a data set's images.
        """
        serves_images = type(batches).batch_of_step is ImageBatches.batch_of_step
        is_own_list = isinstance(callbacks, keras.callbacks.CallbackList)
        if is_own_list or not serves_images or not engine.can_fuse(self):
            return False
        if not self.built:
            self.build((None, *batches.dataset.image_shape))
        return all(layer.built for layer in self._flatten_layers())

    def fit_on_feed(self, batches, *args, **kwargs):
        """As `keras.Model.fit` on `ImageBatches`; see `can_feed`."""
        bound = inspect.signature(keras.Model.fit).bind(self, None, *args, **kwargs)
        bound.apply_defaults()
        arguments = bound.arguments
        arguments.pop("self")
        in_epoch = arguments["steps_per_epoch"] or batches.batches_per_pass
        epochs = arguments["epochs"] - arguments["initial_epoch"]
        callbacks = keras.tree.flatten(arguments["callbacks"] or [])
        own_count = self.steps_per_execution
        at_once = own_count if own_count > 1 else steps_at_once(callbacks, in_epoch)
        plain_function = self.train_function
        self.feed = Feed(batches, max(epochs, 1) * in_epoch, at_once)
        arguments.update(
            x=_Ticks(),
            shuffle=False,
            steps_per_epoch=in_epoch,
            callbacks=_FitCallbacks(
                callbacks,
                add_progbar=arguments["verbose"] != 0,
                verbose=arguments["verbose"],
                epochs=arguments["epochs"],
                steps=in_epoch,
                model=self,
            ),
        )
        # What `fit` counts by; `make_train_function` puts the user's own value back.
        self._own_steps_per_execution = own_count
        self.steps_per_execution = at_once
        try:
            return super().fit(**arguments)
        finally:
            self.steps_per_execution = own_count
            self.train_function = plain_function
            self.feed = self._initial_epoch = None

    def make_train_function(self, force=False):
        if self.feed is None:
            return super().make_train_function(force)
        # Before the first step; validation must not see our count.
        self.steps_per_execution = self._own_steps_per_execution
        form = self.feed.form
        key = form, self.feed.steps_at_once
        if key not in self._many_steps:
            self._many_steps[key] = engine.many_steps(self, unpacking(form))
        many_steps = self._many_steps[key]

        def train_function(*arguments):
            payload, count = self.feed.next_steps()
            return many_steps(self.feed.stored, payload, count, *arguments[:-1])

        self.train_function = train_function


class _Ticks(keras.utils.PyDataset):
    """Endless nothing: what Keras may fetch while the feed serves the images."""

    @property
    def num_batches(self):
        return None

    def __getitem__(self, index):
        return np.zeros((1, 1), "uint8")


class _FitCallbacks(keras.callbacks.CallbackList):
    """Keras's list of callbacks; silent on steps that an earlier process did.

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

    def on_train_batch_begin(self, batch, logs=None):
        feed = self._model.feed
        self._is_replayed = feed.done_before >= feed.steps_at_once
        if not self._is_replayed:
            super().on_train_batch_begin(batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        if not self._is_replayed:
            super().on_train_batch_end(batch, logs)
