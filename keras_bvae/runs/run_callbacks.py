"""What happens beside the steps of a run: what the settings ask for, history, stops."""

import math
import signal
import threading
import time
from pathlib import Path

import keras

from keras_bvae.callbacks.disentanglement_metric import DisentanglementMetric
from keras_bvae.callbacks.traversal_pictures import TraversalPictures


def asked_callbacks(settings, dataset, folder, others=(), first_step=0):
    """Scores, pictures and kept checkpoints while training.

    Args:
        settings: `Settings`.
        dataset: the data set that the run trains on.
        folder: `RunFolder`.
        others: the run's other callbacks. If one writes TensorBoard's logs, the
            pictures go there as well.
        first_step: int, where this stretch of the run begins.

    Returns:
        list of Keras callbacks, to stand before those that read their scores.
    """
    asked = []
    if settings.metric_every:
        asked.append(
            DisentanglementMetric(
                dataset, every_batches=settings.metric_every, seed=settings.seed
            )
        )
        asked[-1].most_results = 1  # all of them are in the history
    if settings.pictures_every:
        asked.append(
            TraversalPictures(
                dataset,
                folder.pictures,
                every_batches=settings.pictures_every,
                tensorboard=_tensorboard_folder(others),
                seed=settings.seed,
            )
        )
    if settings.keep_checkpoints:
        every = settings.keep_checkpoints
        asked.append(KeepCheckpoints(folder.kept, every, first_step))
    return asked


def _tensorboard_folder(callbacks):
    boards = (c for c in callbacks if isinstance(c, keras.callbacks.TensorBoard))
    return next((Path(board.log_dir) / "pictures" for board in boards), None)


class StepCallback(keras.callbacks.Callback):
    """Knows the run's step; `on_step` is called after each dispatch of steps.

    Epochs are numbered from the beginning of the run, all of the same length.
    """

    every_steps = None  # any number of steps at once; see `dispatches_for`
    steps_counted = "epochs"
    step = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.steps_before = epoch * self.params["steps"]

    def on_train_batch_end(self, batch, logs=None):
        self.step = self.steps_before + batch + 1
        self.on_step(logs or {})

    def on_step(self, logs):
        """Called with the means since the log period began."""


class StopAt(StepCallback):
    """Ends `fit` at a step, whether or not a log period ends there.

    Dispatches are as long as without it: the last one is cut short.
    """

    def __init__(self, last_step):
        super().__init__()
        self.last_step = last_step

    def on_train_begin(self, logs=None):
        feed = getattr(self.model, "feed", None)
        if feed is not None:
            feed.end = self.last_step

    def on_step(self, logs):
        if self.step >= self.last_step:
            self.model.stop_training = True


class StopWhenNotFinite(StepCallback):
    """Ends `fit` at the first dispatch in which a loss is NaN or infinite.

    Attributes:
        diverged_at: its last step, or None.
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
        for number in self.previous:
            self._put_back(number)

    def _remember(self, number, frame):
        self.received = number
        self._put_back(number)

    def _put_back(self, number):
        handler = self.previous[number]
        # None: one that Python did not set and cannot set again.
        signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def on_step(self, logs):
        if self.received is not None:
            self.model.stop_training = True


class NoHistory(keras.callbacks.History):
    """In place of Keras's own, which grows with the run and goes into each checkpoint.

    The rows are in `history.csv`.
    """

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._model.history = self  # what `fit` returns

    def on_epoch_end(self, epoch, logs=None):
        """Keeps nothing."""

    def get_state(self):
        """What `ExactResume` saves: nothing."""
        return {}


class HistoryFile(StepCallback):
    """Writes a row for every log period: step, seconds, and all logs.

    A period that a signal cut short gets no row: the run that goes on will end it. Nor
    does one in which the loss diverged: its means say nothing.

    Args:
        folder: `RunFolder`.
        last_step: the step that the run ends with, in the middle of a period or not;
            whoever ends it earlier sets the attribute.
        rows: rows of the run so far.
        seconds: time that the run took so far.

    Attributes:
        rows: `HistoryRows`, which adds to the file and keeps none.
    """

    def __init__(self, folder, last_step, rows=(), seconds=0.0):
        super().__init__()
        self.last_step = last_step
        self.rows = folder.history_rows(rows)
        self.begin = time.monotonic() - seconds

    @property
    def seconds(self):
        return time.monotonic() - self.begin

    def on_epoch_end(self, epoch, logs=None):
        # Not `self.step`: all of a period may have been done by an earlier process.
        step = last_step_of(self, epoch, self.last_step)
        if self.step not in (0, step) or not _is_finite((logs or {}).get("loss", 0.0)):
            return
        row = {"step": step, "seconds": round(self.seconds, 2)}
        self.rows.add({**row, **{k: _logged(v) for k, v in (logs or {}).items()}})


def last_step_of(callback, epoch, last_step):
    """The step that a log period ends with: that of the run, if it ends before."""
    return min((epoch + 1) * callback.params["steps"], last_step)


def _is_finite(value):
    return math.isfinite(float(value))


def _logged(value):
    """A number, or nothing where it is none: JSON and plots have no NaN."""
    return float(value) if _is_finite(value) else ""


class KeepCheckpoints(StepCallback):
    """Keeps a checkpoint every so many steps of a run, and one of the beginning.

    Args:
        kept: `KeptCheckpoints` of the run's folder.
        every_steps: int >= 1.
        first_step: int, where this stretch of the run begins.
    """

    def __init__(self, kept, every_steps, first_step=0):
        super().__init__()
        self.kept = kept
        self.every_steps = every_steps
        self.first_step = first_step

    def on_train_begin(self, logs=None):
        self.kept.remove_beyond(self.first_step)
        if self.first_step == 0:
            self.kept.save(self.model, 0)

    def on_step(self, logs):
        if self.step % self.every_steps == 0:
            self.kept.save(self.model, self.step)
