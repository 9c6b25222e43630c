"""`best.keras`: the state of the least validation loss, as of the last checkpoint.

Two files that change one after the other can be caught in between by a kill. So a state
that is the best is staged under a name of its own with its step, and takes the name
`best.keras` only after the checkpoint that knows it is there. Whoever goes on from that
checkpoint finds either of the two, and nothing of a future that never was.
"""

import os
import re

from keras_bvae.callbacks.exact_resume import ExactResume
from keras_bvae.files.folders import require_no_link
from keras_bvae.files.whole_file import remove_leftovers
from keras_bvae.models.checkpoint import save_checkpoint

BEST = "best.keras"
_STAGED = re.compile(r"\.best-step-(\d{6,12})\.keras")


class BestCheckpoint:
    """The file `best.keras` of a run's folder, and what is to become it.

    Args:
        folder: Path.
    """

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / BEST

    def staged_path(self, step):
        """Where the state of a step waits for the next checkpoint."""
        return self.folder / f".best-step-{step:06d}.keras"

    def staged_steps(self):
        """The steps of which a state waits; more than one only after a kill."""
        if not self.folder.is_dir():
            return []
        names = (_STAGED.fullmatch(path.name) for path in self.folder.iterdir())
        return sorted(int(name[1]) for name in names if name)

    def stage(self, model, step):
        """Writes the state that is the best so far, for the next `settle`."""
        path = self.staged_path(step)
        require_no_link(path)
        save_checkpoint(model, path)
        self._remove_staged(but=step)

    def settle(self, step):
        """Gives the state of a step its name, and forgets those of all other steps.

        To be called when a checkpoint that knows this step as the best is there: after
        it was written, and before anybody goes on from it.

        Args:
            step: int; None: there is no best one yet, nor may there be a file.
        """
        if step is None:
            self._remove(self.path)
        elif os.path.lexists(self.staged_path(step)):
            require_no_link(self.path)
            os.replace(self.staged_path(step), self.path)
        self._remove_staged()

    def remove_leftovers(self, is_alone=False):
        """Removes what killed processes left half written."""
        remove_leftovers(self.folder / ".best-step-*.keras", is_alone)

    def _remove_staged(self, but=None):
        for step in self.staged_steps():
            if step != but:
                self._remove(self.staged_path(step))

    def _remove(self, path):
        require_no_link(path)
        path.unlink(missing_ok=True)


class RunCheckpoints(ExactResume):
    """The checkpoints of a run, each followed by the best of which it knows.

    Args:
        folder: `RunFolder`.
        every_steps: int, steps between two.
        least: `LeastLoss` of the validation, or None.
        history: `HistoryRows`, which are on the disk before a checkpoint is, or None.
    """

    def __init__(self, folder, every_steps, least=None, history=None):
        super().__init__(
            folder.path,
            every_steps,
            delete_checkpoint=False,
            file_name=folder.checkpoint.name,
        )
        self.best = folder.best
        self.least = least
        self.history = history

    def save(self, logs=None):
        before = self.saved_place
        if self.history is not None:
            self.history.put_on_disk()
        super().save(logs)
        if self.least is not None and self.saved_place != before:
            self.best.settle(self.least.step)
