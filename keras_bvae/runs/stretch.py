"""One stretch of a run's training, and what the record says of how it ended."""

import contextlib
import math

from keras_bvae.callbacks.resume_state import explained
from keras_bvae.engine import engine
from keras_bvae.errors import Diverged, Interrupted, printable
from keras_bvae.models.checkpoint import read_state
from keras_bvae.runs.best_checkpoint import RunCheckpoints
from keras_bvae.runs.learning_rates import learning_rate_of
from keras_bvae.runs.least_loss import LeastLoss, require_least_loss
from keras_bvae.runs.length import LOG_PERIOD
from keras_bvae.runs.run_callbacks import (
    HistoryFile,
    NoHistory,
    StopAt,
    StopOnSignal,
    StopWhenNotFinite,
    asked_callbacks,
)
from keras_bvae.runs.validation import (
    LearningRateLog,
    StopEarly,
    TrainingRounds,
    ValidationRounds,
)

_ROUNDS = (ValidationRounds, TrainingRounds)


class Stretch:
    """One stretch of training, from a first step to the end or to a stop.

    Args:
        run: `RunFolder`, held by this process.
        record: dict, as it is to be written.
        settings: `Settings` with `steps`.
        dataset: the data set that scores and pictures are of.
        model: `VariationalAutoencoder`, compiled.
        batches: `ImageBatches` of the part that trains.
        held_out: `Dataset`, the part held out, or None.
        first_step: int, where this stretch begins.
        rows: rows of the history so far.
        goes_on: bool, whether a run that was stopped early is to go on.
    """

    def __init__(
        self,
        run,
        record,
        settings,
        dataset,
        model,
        batches,
        held_out=None,
        first_step=0,
        rows=(),
        goes_on=False,
    ):
        self.folder = run
        self.record = record
        self.settings = settings
        self.dataset = dataset
        self.model = model
        self.batches = batches
        self.held_out = held_out
        self.first_step = first_step
        self.checkpoints = None
        self.least = LeastLoss(settings.early_stopping, goes_on)
        self.history = HistoryFile(run, settings.steps, rows, record["seconds"])

    def train(self, callbacks):
        """Trains to the end; the record tells how it ended, whatever ends it.

        Args:
            callbacks: more Keras callbacks.

        Returns:
            The model.

        Raises:
            Interrupted, Diverged: see `start_run`.
        """
        self.folder.write(self.record)
        try:
            return self._trained(callbacks)
        except (Interrupted, Diverged):
            raise
        except KeyboardInterrupt:
            self._fail("interrupted", None)
            raise
        except Exception as error:
            self._fail("failed", error)
            raise

    def _trained(self, callbacks):
        known = least_of(self.folder)
        if known is not None:
            self.least.restore(known)
        if self.held_out is not None:  # a kill may have come between two files
            self.folder.best.settle(self.least.step)
        last = self.settings.steps
        asked = self._asked(callbacks)
        if self.first_step == last or self.least.stopped_at is not None:
            last = self.first_step
            self._add_last_row(asked, last)
        else:
            last = self._fitted([*asked, *callbacks], last)
        self._finish("finished", last)
        return self.model

    def _fitted(self, callbacks, last):
        """Trains; returns the step at which it ended by itself."""
        divergence = StopWhenNotFinite()
        checkpoints = self.checkpoints = RunCheckpoints(
            self.folder,
            self.settings.checkpoint_every,
            None if self.held_out is None else self.least,
            self.history.rows,
        )
        with engine.keeping_random(), StopOnSignal() as interruption:
            self.model.fit(
                self.batches,
                steps_per_epoch=LOG_PERIOD,
                epochs=math.ceil(last / LOG_PERIOD),
                verbose=0,
                callbacks=[
                    divergence,
                    *callbacks,
                    self.history,
                    NoHistory(),
                    interruption,
                    StopAt(last),
                    checkpoints,
                ],
            )
        if divergence.diverged_at is not None:
            self._raise_diverged(divergence.diverged_at, checkpoints.saved_step)
        checkpoints.save()
        step = checkpoints.saved_step
        if self.least.stopped_at is not None:
            return self.least.stopped_at
        if interruption.received is not None and step < last:
            self._finish("interrupted", step)
            raise Interrupted(interruption.received, step)
        return last

    def _asked(self, callbacks):
        """What the settings ask for, in the order in which they see a step."""
        settings, rounds = self.settings, []
        if self.held_out is not None:
            parts = self.held_out, settings, self.least, self.folder.best
            rounds.append(ValidationRounds(*parts))
        elif settings.early_stopping:
            rounds.append(TrainingRounds(settings, self.least))
        if settings.early_stopping:
            rounds.append(StopEarly(self.least, self.history))
        rate = learning_rate_of(settings)
        if callable(rate):
            rounds.append(LearningRateLog(rate, self.history))
        parts = settings, self.dataset, self.folder
        return [*rounds, *asked_callbacks(*parts, callbacks, self.first_step)]

    def _add_last_row(self, asked, last):
        """Writes the row that a kill after the last checkpoint left out."""
        if last == self.history.rows.last_step:
            return
        states = read_state(self.folder.checkpoint).get("callbacks", {})
        means = self.model.get_metrics_result()
        logs = {name: float(value) for name, value in means.items()}
        self.history.last_step = last
        for callback in (*asked, self.history):
            name = f"{type(callback).__name__} 0"
            callback.set_params({"steps": LOG_PERIOD})
            if hasattr(callback, "set_state") and name in states:
                with explained(self.folder.checkpoint, name):
                    callback.set_state(states[name])
            callback.on_epoch_end((last - 1) // LOG_PERIOD, logs)

    def _fail(self, status, error):
        """Records why a run ended where it should not have; it can be resumed."""
        if error is not None:
            self.record["reason"] = printable(str(error) or type(error).__name__, 500)
        step = self.checkpoints.saved_step if self.checkpoints is not None else None
        with contextlib.suppress(OSError):  # a full disk: the first error says more
            self._finish(status, self.first_step if step is None else step)

    def _finish(self, status, step):
        self.record["status"] = status
        self.record["step"] = step
        self.record["seconds"] = round(self.history.seconds, 2)
        least = self.least
        if self.held_out is not None and least.step is not None:
            self.record["best"] = {"step": least.step, "val_loss": least.loss}
        if status == "finished" and least.stopped_at is not None:
            self.record["stopped_early"] = {
                "step": least.stopped_at,
                "rounds": least.waited,
                "loss": "loss" if self.held_out is None else "val_loss",
            }
        self.history.rows.put_on_disk()
        self.folder.write(self.record)

    def _raise_diverged(self, step, saved_step):
        self._finish("diverged", saved_step)
        raise Diverged(
            "Training needs a finite loss; it became NaN or infinite by step "
            f"{step}. The checkpoint of step {saved_step} is kept in "
            f"{str(self.folder.checkpoint)!r}; try a lower --learning-rate or "
            "--precision float32."
        )


def least_of(run):
    """The least loss that a run's last checkpoint knows of.

    Args:
        run: `RunFolder`.

    Returns:
        dict, a state of `LeastLoss`; None where there is none.

    Raises:
        InvalidValue: the checkpoint, or that state, is damaged.
    """
    if not run.checkpoint.exists():
        return None
    callbacks = read_state(run.checkpoint).get("callbacks")
    for kind in _ROUNDS:
        name = f"{kind.__name__} 0"
        if isinstance(callbacks, dict) and name in callbacks:
            with explained(run.checkpoint, name):
                least = callbacks[name]["least"]
                require_least_loss(least)
            return least
    return None
