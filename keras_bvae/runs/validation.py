"""Rounds of validation while a run trains, and what may end it early."""

import keras
import numpy as np

from keras_bvae.evaluation.undisturbed import undisturbed
from keras_bvae.runs.length import is_at_rest
from keras_bvae.runs.run_callbacks import StepCallback, last_step_of
from keras_bvae.runs.training_parts import HeldOutBatches
from keras_bvae.schedules import value_at

_TERMS = ("loss", "reconstruction", "kl")
# Keeps the noise of the rounds apart from that of the training with the same seed.
_STREAM = 1_000_000_007


class ValidationRounds(StepCallback):
    """Measures the loss of what is held out, every so many steps and after the last.

    Each round draws the same noise, and the training goes on as if there had been
    none: its random streams and running means are put back. The terms go to the logs as
    `val_loss`, `val_reconstruction` …; in the history, of the last round of each log
    period. Of pairs the images are looked at one by one, as every measure does it.

    Args:
        held_out: `Dataset`.
        settings: `Settings` with `steps` and `validation_every`.
        least: `LeastLoss`, asked where β and C are at rest.
        best: `BestCheckpoint`, which keeps the least.
    """

    def __init__(self, held_out, settings, least, best):
        super().__init__()
        names = settings.condition_names
        self.batches = HeldOutBatches(held_out, settings.batch_size, names or None)
        self.settings = settings
        self.every_steps = settings.validation_every
        self.least, self.best = least, best
        self.logged, self._of_period = {}, None

    def on_step(self, logs):
        if self.step % self.every_steps == 0 or self.step == self.settings.steps:
            self._round()
        logs.update(self.logged)

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs.update(self._of_period or {})
        self._of_period = None

    def _round(self):
        model = self.model
        self.logged = self._of_period = self._measured(model)
        if not is_at_rest(self.settings, self.step):
            return
        if self.least.judge(self.logged["val_loss"], self.step):
            self.best.stage(model, self.step)

    def _measured(self, model):
        names = _TERMS if model.trains_on_pairs else (*_TERMS, *model.penalty_names)
        with undisturbed(model):
            for stream in _streams(model):
                seed = (self.settings.seed + _STREAM) % 2**31
                stream.assign(np.array([seed, 0], "int64").astype(stream.dtype))
            logs = model.evaluate(self.batches, verbose=0, return_dict=True)
        return {f"val_{name}": float(logs[name]) for name in names}

    def get_state(self):
        """What `ExactResume` saves, for JSON."""
        return {
            "least": self.least.state(),
            "logged": self.logged,
            "of_period": self._of_period,
        }

    def set_state(self, state):
        """Takes back what `get_state` gave."""
        self.least.restore(state["least"])
        self.logged, self._of_period = dict(state["logged"]), state["of_period"]


class TrainingRounds(StepCallback):
    """Has the loss of the training itself judged, where nothing is held out.

    A round is a log period, of which the loss is the mean.

    Args:
        settings: `Settings` with `steps`.
        least: `LeastLoss`.
    """

    def __init__(self, settings, least):
        super().__init__()
        self.settings = settings
        self.least = least

    def on_epoch_end(self, epoch, logs=None):
        end = (epoch + 1) * self.params["steps"]
        is_whole = self.step in (0, end)
        begin = end - self.params["steps"]
        if is_whole and is_at_rest(self.settings, begin):
            self.least.judge(float(logs["loss"]), end)

    def get_state(self):
        """What `ExactResume` saves, for JSON."""
        return {"least": self.least.state()}

    def set_state(self, state):
        """Takes back what `get_state` gave."""
        self.least.restore(state["least"])


class StopEarly(StepCallback):
    """Ends `fit` once there were enough rounds without a lesser loss.

    Args:
        least: `LeastLoss`.
        history: `HistoryFile`, which gets its last row then.
    """

    def __init__(self, least, history):
        super().__init__()
        self.least = least
        self.history = history

    def on_step(self, logs):
        if self.least.stopped_at is not None:
            self.history.last_step = self.least.stopped_at
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        self.on_step(logs)


class LearningRateLog(StepCallback):
    """Logs the learning rate of the last step of each log period.

    Args:
        schedule: Keras schedule, of the steps that were done before.
        history: `HistoryFile`, which knows the run's last step.
    """

    def __init__(self, schedule, history):
        super().__init__()
        self.schedule = schedule
        self.history = history

    def on_epoch_end(self, epoch, logs=None):
        step = self.step or last_step_of(self, epoch, self.history.last_step)
        logs["learning_rate"] = value_at(self.schedule, step - 1)


def _streams(model):
    """The states of a model's random generators, a seed and a count each."""
    weights = {id(weight) for weight in model.weights}
    others = [v for v in model.variables if id(v) not in weights]
    means = {id(v) for v in model.metrics_variables}
    return [
        v
        for v in others
        if id(v) not in means
        and tuple(v.shape) == (2,)
        and "int" in keras.backend.standardize_dtype(v.dtype)
    ]
