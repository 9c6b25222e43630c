"""Copies of a run's checkpoint along its way, for a film of the training."""

import re

import numpy as np

from keras_bvae.models.checkpoint import save_checkpoint
from keras_bvae.runs.run_callbacks import StepCallback

_NAME = re.compile(r"step-(\d{6,})\.keras")


class KeptCheckpoints:
    """The files `step-000500.keras` … in a run's folder `checkpoints`.

    Args:
        folder: Path; it need not exist.
    """

    def __init__(self, folder):
        self.folder = folder

    def path_of(self, step):
        """The file of a step, whether or not it is there."""
        return self.folder / f"step-{step:06d}.keras"

    def steps(self):
        """The steps of which there is a file, in rising order."""
        if not self.folder.is_dir():
            return []
        names = (_NAME.fullmatch(path.name) for path in self.folder.iterdir())
        return sorted(int(name[1]) for name in names if name)

    def save(self, model, step):
        """Writes a step's file, whole or not at all; makes the folder if need be.

        Args:
            model: `VariationalAutoencoder`. One whose weights are not finite is passed
                over.
            step: int.

        Raises:
            FileNotWritten: the disk is full; files of other steps are kept.
            OSError: the folder cannot be made or written.
        """
        if all(np.isfinite(weights).all() for weights in model.get_weights()):
            self.folder.mkdir(parents=True, exist_ok=True)
            save_checkpoint(model, self.path_of(step))

    def remove_beyond(self, step):
        """Removes later ones: a run that goes on from a step makes its own."""
        for later in self.steps():
            if later > step:
                self.path_of(later).unlink()

    def remove_leftovers(self):
        """Removes what killed runs left half written; none may be at work."""
        for part in self.folder.glob(".step-*.keras"):
            part.unlink(missing_ok=True)


class KeepCheckpoints(StepCallback):
    """Keeps a checkpoint every so many steps of a run, and one of the beginning.

    Args:
        kept: KeptCheckpoints.
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
