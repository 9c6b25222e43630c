"""What happens beside the steps of a run: checkpoints, history, stopping in time."""

import math
import signal
import threading
import time

import keras
import numpy as np

from keras_bvae.training.checkpoint import save_checkpoint


class StepCallback(keras.callbacks.Callback):
    """Counts the run's steps; `on_step` is called after each.

    Args:
        first_step: steps that were done before this `fit`.
    """

    def __init__(self, first_step=0):
        super().__init__()
        self.step = first_step

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        self.on_step(logs or {})

    def on_step(self, logs):
        """Called with the means since the log period began."""


class StopAt(StepCallback):
    """Ends `fit` at a step, whether or not a log period ends there."""

    def __init__(self, last_step, first_step=0):
        super().__init__(first_step)
        self.last_step = last_step

    def on_step(self, logs):
        if self.step >= self.last_step:
            self.model.stop_training = True


class StopWhenNotFinite(StepCallback):
    """Ends `fit` at the first step whose loss is NaN or infinite.

    Attributes:
        diverged_at: that step, or None.
    """

    diverged_at = None

    def on_step(self, logs):
        if self.diverged_at is None and not math.isfinite(logs.get("loss", 0.0)):
            self.diverged_at = self.step
            self.model.stop_training = True


class StopOnSignal(StepCallback):
    """Ends `fit` after the step during which Ctrl-C or SIGTERM came.

    A second Ctrl-C does what it always did. Use it as a context manager round `fit`.

    Attributes:
        received: the signal's number, or None.
    """

    received = None

    def __enter__(self):
        # Python lets only the main thread take signals; elsewhere they stay alone.
        is_main = threading.current_thread() is threading.main_thread()
        numbers = (signal.SIGINT, signal.SIGTERM) if is_main else ()
        self.previous = {n: signal.signal(n, self._remember) for n in numbers}
        return self

    def __exit__(self, *error):
        for number, handler in self.previous.items():
            signal.signal(number, handler)

    def _remember(self, number, frame):
        self.received = number
        signal.signal(number, self.previous[number])

    def on_step(self, logs):
        if self.received is not None:
            self.model.stop_training = True


class CheckpointEvery(StepCallback):
    """Saves the model every N steps, never one whose loss or weights are not finite.

    Args:
        path: `.keras` file, replaced each time, whole.
        every: int, steps.
        first_step: steps done before.

    Attributes:
        saved_step: step of the file on disk, or None.
    """

    def __init__(self, path, every, first_step=0, saved_step=None):
        super().__init__(first_step)
        self.path = path
        self.every = every
        self.saved_step = saved_step

    def on_step(self, logs):
        if self.step % self.every == 0 and math.isfinite(logs.get("loss", 0.0)):
            self.save(self.model)

    def save(self, model):
        """Saves now, unless the file holds this step already or a weight is bad."""
        if self.saved_step == self.step or not _is_finite(model):
            return
        save_checkpoint(model, self.path)
        self.saved_step = self.step


class HistoryFile(keras.callbacks.Callback):
    """Writes a row for every log period: step, seconds, and all logs.

    Args:
        folder: `RunFolder`.
        counter: a `StepCallback` that comes before this one.
        rows: rows of the run so far.
        seconds: time that the run took so far.
    """

    def __init__(self, folder, counter, rows=(), seconds=0.0):
        super().__init__()
        self.folder = folder
        self.counter = counter
        self.rows = list(rows)
        self.begin = time.monotonic() - seconds

    @property
    def seconds(self):
        return time.monotonic() - self.begin

    def on_epoch_end(self, epoch, logs=None):
        row = {"step": self.counter.step, "seconds": round(self.seconds, 2)}
        self.rows.append({**row, **{k: float(v) for k, v in (logs or {}).items()}})
        self.folder.write_history(self.rows)


def _is_finite(model):
    weights = model.get_weights()
    return all(np.isfinite(w).all() for w in weights if w.dtype.kind == "f")
