"""How many training steps each dispatch holds: up to where a callback looks.

A dispatch is as long as the device likes, and ends early where a callback is to see the
model or an epoch ends. So an odd interval costs a short dispatch now and then, never
one of single steps throughout.
"""

from typing import NamedTuple

import keras

from keras_bvae.engine import engine

# A few steps hide what a dispatch costs a CPU, and Ctrl-C is not to wait for many.
ON_A_CPU, ELSEWHERE = 10, 100

_HOOKS = (
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_batch_begin",
    "on_batch_end",
)
# Keras's own, which only show or note what they are given.
_CONTENT = (
    keras.callbacks.ProgbarLogger,
    keras.callbacks.TensorBoard,
    keras.callbacks.TerminateOnNaN,
)
# Keras's own, which look at the end of an epoch or every `save_freq` steps of a fit.
_SAVING = (keras.callbacks.ModelCheckpoint, keras.callbacks.BackupAndRestore)
# How a callback may count the steps of which every n-th is its own: those of the epoch,
# of all epochs, of this `fit`, of the model's life, of the stream of batches.
COUNTS = ("epoch", "epochs", "fit", "model", "stream")


class Place(NamedTuple):
    """A moment between two steps.

    Attributes:
        position: int, the step of the stream that comes next.
        epoch: int.
        done: int, steps of the epoch so far.
    """

    position: int
    epoch: int = 0
    done: int = 0


class Dispatches:
    """Where each dispatch of a `fit` ends.

    Args:
        most: int >= 1, the most steps of one.
        steps_per_epoch: int; None: there are no epochs.
        looks: iterable of `(every, count)`: some callback wants to see the model
            whenever that one of `COUNTS` is a multiple of `every`.

    Attributes:
        most: the same, or as many as an epoch or the shortest interval holds.
        steps_per_epoch: the same.
        in_an_epoch: int, as many dispatches as one epoch may need.
        begin: `Place` at which the `fit` begins.
        steps_before: int, the model's steps at that place.
        epochs: int or None, the number of the epoch that is not trained any more.
        end: int, the step of the stream behind the last one that is wanted: the
            dispatch that reaches it is cut short. None: there is none.
    """

    def __init__(self, most, steps_per_epoch=None, looks=()):
        self.steps_per_epoch = steps_per_epoch
        self._looks = frozenset(looks)
        bounds = [most, *(every for every, _ in self._looks)]
        self.most = min([*bounds, steps_per_epoch or most])
        self.begin, self.steps_before = Place(0), 0
        self.epochs = self.end = None

    @property
    def in_an_epoch(self):
        steps = self.steps_per_epoch
        looks = (-(-steps // every) for every, _ in self._looks)
        return min(steps, -(-steps // self.most) + sum(looks))

    def count_at(self, place):
        """How many steps the dispatch holds that begins at a place; 0 at the end."""
        steps = [self.most]
        if self.epochs is not None and place.epoch >= self.epochs:
            return 0
        if self.steps_per_epoch is not None:
            steps.append(self.steps_per_epoch - place.done)
        if self.end is not None:
            steps.append(self.end - place.position)
        counts = self._counts(place) if self._looks else {}
        steps += [every - counts[name] % every for every, name in self._looks]
        return max(min(steps), 0)

    def after(self, place, count):
        """The place where the next dispatch begins, after one of `count` steps."""
        position, done = place.position + count, place.done + count
        if self.steps_per_epoch is not None and done >= self.steps_per_epoch:
            return Place(position, place.epoch + 1, 0)
        return Place(position, place.epoch, done)

    def _counts(self, place):
        length = self.steps_per_epoch or 0
        of_epochs = place.epoch * length + place.done
        return {
            "epoch": place.done,
            "epochs": of_epochs,
            "fit": of_epochs - self.begin.epoch * length,
            "model": place.position - self.begin.position + self.steps_before,
            "stream": place.position,
        }


def dispatches_for(callbacks, steps_per_epoch):
    """The longest dispatches of which no callback notices anything.

    A callback with step hooks looks after every step, unless it says by an attribute
    `every_steps` after which: an int, or None where it does not care. One that says by
    `steps_counted` how it counts them, a word of `COUNTS`, is taken at its word; else
    it may count them in any way.

    Args:
        callbacks: iterable of Keras callbacks.
        steps_per_epoch: int, where every callback is called at the latest.

    Returns:
        `Dispatches`.
    """
    looks = {look for callback in callbacks for look in _looks_of(callback)}
    most = ON_A_CPU if engine.is_on_cpu() else ELSEWHERE
    return Dispatches(most, steps_per_epoch, looks)


def hears_steps(callback):
    """Whether a callback does anything when a batch begins or ends."""
    return any(
        getattr(getattr(callback, hook), "__func__", None)
        is not getattr(keras.callbacks.Callback, hook)
        for hook in _HOOKS
    )


def _looks_of(callback):
    """Pairs of an interval and how it is counted; none of a callback without care."""
    if hasattr(callback, "every_steps"):
        counted = getattr(callback, "steps_counted", None)
        counts = COUNTS if counted is None else (counted,)
        every = callback.every_steps
        return [(every, count) for count in counts] if every else []
    if isinstance(callback, _CONTENT) or not hears_steps(callback):
        return []
    return _looks_of_saving(callback)


def _looks_of_saving(callback):
    """Of a callback of Keras's that saves; any other one looks after every step."""
    for kind in _SAVING:
        is_keras_own = isinstance(callback, kind) and all(
            getattr(type(callback), hook) is getattr(kind, hook) for hook in _HOOKS
        )
        if is_keras_own and callback.save_freq == "epoch":
            return []
        # One that was used before may begin in the middle of its interval.
        begun = getattr(callback, "_batches_seen_since_last_saving", 1)
        if is_keras_own and kind is keras.callbacks.ModelCheckpoint and not begun:
            return [(callback.save_freq, "fit")]
    return [(1, "epoch")]
