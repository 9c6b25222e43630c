"""A training that is killed at any moment goes on as if it had not been."""

import collections
from pathlib import Path

import keras
import numpy as np

from keras_bvae.callbacks.resume_state import (
    explained,
    require_counters,
    require_state,
)
from keras_bvae.errors import InvalidValue
from keras_bvae.files.folders import make_folder
from keras_bvae.files.json_file import plain
from keras_bvae.files.whole_file import remove_leftovers
from keras_bvae.models.checkpoint import (
    read_state,
    restore_checkpoint,
    save_checkpoint,
)
from keras_bvae.rules import is_whole

# Keras's own callbacks that count from epoch to epoch, and what they count.
_COUNTERS = {
    keras.callbacks.EarlyStopping: ("wait", "best", "best_epoch", "stopped_epoch"),
    keras.callbacks.ReduceLROnPlateau: ("wait", "best", "cooldown_counter"),
}


class ExactResume(keras.callbacks.BackupAndRestore):
    """Saves all that `fit` needs to go on, and goes on from there.

    As Keras's `BackupAndRestore`: run the same script again, and `fit` goes on where
    the last one was saved. Here the result is the one of an unbroken run: besides the
    weights and the optimizer, the random streams, the place in the data, the running
    means of the epoch and the history so far come back, also in the middle of an
    epoch. Bit for bit where the backend computes the same twice.

    Args:
        backup_dir: folder of the file `ckpt.keras`; made if it is missing.
        save_freq: "epoch" or int, steps between two files.
        delete_checkpoint: bool, whether to remove the file when `fit` ends by itself.
        file_name: name of that file.

    It asks for `fit(dataset.batches(…))`: of arrays, Keras keeps no order that could be
    gone on with. A state whose loss or weights are not finite is never saved. Of other
    callbacks come back: the history, what `EarlyStopping` and `ReduceLROnPlateau` count
    (not the weights that the first can keep), and whatever a callback of your own hands
    over by `get_state() -> dict` for JSON and takes by `set_state(dict)`.

    Attributes:
        saved_step: the model's step in the file, or None.

    Raises:
        ValueError: `save_freq` is no such value, or `fit` was given something else.
        FileNotWritten: the disk is full; the file of before is kept.
    """

    steps_counted = "stream"
    comes_last = True  # when all others have seen the epoch's end

    def __init__(
        self,
        backup_dir,
        save_freq="epoch",
        delete_checkpoint=True,
        file_name="ckpt.keras",
    ):
        if not is_whole(save_freq, 1) and save_freq != "epoch":
            raise InvalidValue(
                '`save_freq` must be "epoch" or a whole number of steps >= 1; received '
                f"save_freq={save_freq!r}. A thousand steps are a good start."
            )
        if not str(backup_dir):
            raise InvalidValue(
                "`backup_dir` must name a folder; received an empty text. Name one "
                "that a later run finds again."
            )
        self.every_steps = None if save_freq == "epoch" else int(save_freq)
        super().__init__(
            backup_dir,
            self.every_steps or "epoch",
            delete_checkpoint=delete_checkpoint,
        )
        self.path = Path(backup_dir) / file_name
        self.companions = ()  # the other callbacks; `fit` fills it in
        self.saved_place = self.saved_step = None

    def on_train_begin(self, logs=None):
        model = self.model
        self._feed = model.feed
        if self._feed is None:
            raise InvalidValue(
                f"{type(self).__name__} needs `fit(dataset.batches(…))`, whose order "
                "it can go on with; received other data, or a model that is run "
                "eagerly. Make a Dataset of your images."
            )
        self._epoch = 0
        self._is_due = False
        self._partial_means = None
        if self.path.parent.is_dir():
            remove_leftovers(self.path)
        if self.path.exists():
            self._restore(model)
        self._done_in_epoch = self._feed.done_before
        self._position = self._feed.position
        self.save()  # so that even an early kill has something to go on from

    def _restore(self, model):
        restore_checkpoint(model, self.path)
        state = read_state(self.path) or self._state_of_old_file(model)
        require_state(state, int(_value(model.step)), self.path)
        self.saved_step = state["step"]
        self._feed.position = state["position"]
        self._feed.done_before = state["done_in_epoch"]
        self._epoch = model._initial_epoch = state["epoch"]
        self.saved_place = state["position"], state["done_in_epoch"]
        if state["done_in_epoch"]:
            self._partial_means = _values(model.metrics_variables)
        for name, callback in self._named_companions():
            with explained(self.path, name):
                _set_state(callback, state["callbacks"].get(name))

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        self._done_in_epoch = self._feed.done_before
        if self._partial_means is not None:
            # `fit` has just begun new means.
            variables = self.model.metrics_variables
            for variable, value in zip(variables, self._partial_means, strict=True):
                variable.assign(value)
            self._partial_means = None

    def on_train_batch_end(self, batch, logs=None):
        before, self._position = self._position, self._feed.position
        self._done_in_epoch = batch + 1
        every = self.every_steps
        if every and self._position // every > before // every:
            self._is_due = True
        # At the end of an epoch the others have its row to write first.
        # A stop cuts the epoch short: what the others make of its end is not to stay.
        # `self.model` would put the weights back on JAX.
        is_stopped = self._model.stop_training
        if (self._is_due or is_stopped) and not self._is_at_epoch_end():
            self.save(logs)

    def on_epoch_end(self, epoch, logs=None):
        if not self._is_at_epoch_end():  # something stopped `fit` on the way
            return
        self._epoch, self._done_in_epoch = epoch + 1, 0
        if self._is_due or self.every_steps is None:
            self.save(logs)

    def _is_at_epoch_end(self):
        return self._done_in_epoch >= self.params["steps"]

    def save(self, logs=None):
        """Saves now, unless this state is saved already or is not finite.

        Args:
            logs: None or dict of the running means.
        """
        self._is_due = False
        place = self._position, self._done_in_epoch
        if self.saved_place == place or not _are_finite((logs or {}).values()):
            return
        model = self.model
        if not _are_finite(_values(model.weights)):
            return
        make_folder(self.path.parent)
        state = {
            "step": int(_value(model.step)),
            "position": self._position,
            "epoch": self._epoch,
            "done_in_epoch": self._done_in_epoch,
            "callbacks": {n: _state_of(c) for n, c in self._named_companions()},
        }
        save_checkpoint(model, self.path, state)
        self.saved_place, self.saved_step = place, state["step"]

    def _state_of_old_file(self, model):
        # Before version 0.4 a file held the step alone, and no running means.
        step = int(_value(model.step))
        epoch, done = divmod(step, self.params["steps"])
        place = {"step": step, "position": step, "epoch": epoch, "done_in_epoch": done}
        return {**place, "callbacks": {}}

    def _named_companions(self):
        """The others by class and number: there may be a new one beside them."""
        seen, named = collections.Counter(), []
        for callback in self.companions:
            kind = type(callback).__name__
            named.append((f"{kind} {seen[kind]}", callback))
            seen[kind] += 1
        return named

    def on_train_end(self, logs=None):
        if self.delete_checkpoint:
            self.path.unlink(missing_ok=True)


def _state_of(callback):
    """What a callback would lose, for JSON."""
    if hasattr(callback, "get_state"):
        return callback.get_state()
    if isinstance(callback, keras.callbacks.History):
        return plain({"history": callback.history, "epoch": callback.epoch})
    return plain({name: getattr(callback, name) for name in _counters_of(callback)})


def _set_state(callback, state):
    if not state:
        return
    if hasattr(callback, "set_state"):
        callback.set_state(state)
    else:
        names = ("history", "epoch")
        if not isinstance(callback, keras.callbacks.History):
            names = _counters_of(callback)
        require_counters(state, names)
        vars(callback).update(state)


def _counters_of(callback):
    names = (n for kind, n in _COUNTERS.items() if isinstance(callback, kind))
    return [name for group in names for name in group if hasattr(callback, name)]


def _values(variables):
    return [_value(variable) for variable in variables]


def _value(variable):
    return keras.ops.convert_to_numpy(variable)


def _are_finite(values):
    return all(
        np.isfinite(v).all() for v in map(np.asarray, values) if v.dtype.kind == "f"
    )
