"""A run's folder: what ran, how far it came, and what it made."""

import contextlib
import os
import platform
import re
from pathlib import Path

import keras
import numpy as np

from keras_bvae.engine import engine
from keras_bvae.errors import (
    FileInTheWay,
    IsAFolder,
    MissingFile,
    Unusable,
)
from keras_bvae.files.folders import (
    as_typed,
    own_folder,
    require_no_link,
    require_writable_folder,
)
from keras_bvae.files.json_file import write_json
from keras_bvae.files.locks import run_lock
from keras_bvae.files.whole_file import remove_leftovers
from keras_bvae.models.checkpoint import save_checkpoint
from keras_bvae.package_versions import package_versions
from keras_bvae.runs.best_checkpoint import BestCheckpoint
from keras_bvae.runs.history_rows import HistoryRows
from keras_bvae.runs.run_record import read_run_record
from keras_bvae.runs.training_history import read_rows

_PACKAGES = ("keras-bvae", "keras", "tensorflow", "tensorflow-cpu", "jax", "torch")
# Of what commands write into a run's folder beside training.
_OTHER_ENDINGS = (".json", ".png", ".html", ".gif", ".webp", ".mp4", ".pdf", ".svg")
# As we write them: no zeros before the seventh digit.
_KEPT_NAME = re.compile(r"step-(\d{6}|[1-9]\d{6,})\.keras", re.ASCII)


class RunFolder:
    """Reads and writes one run's files.

    `run.json` holds settings, versions, backend, device, status and results;
    `ckpt.keras` the last checkpoint; `history.csv` a row for every log period. Where it
    was asked for, `best.keras` has the state of the least validation loss, and
    `checkpoints` holds earlier ones and `pictures` what was drawn.

    Args:
        path: str or Path.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.checkpoint = self.path / "ckpt.keras"
        self.history = self.path / "history.csv"
        self.record = self.path / "run.json"
        self.traversal = self.path / "traversal.png"
        self.kept = KeptCheckpoints(self.path / "checkpoints")
        self.best = BestCheckpoint(self.path)
        self.pictures = self.path / "pictures"
        self.tensorboard = self.path / "tensorboard"

    def create(self):
        """Makes the folder.

        Raises:
            FileInTheWay: it holds a run already.
            OSError: it cannot be made or written.
        """
        self.require_no_run()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:  # a name with a zero byte, too
            reason = getattr(error, "strerror", None) or error
            raise Unusable(
                f"A run's folder must be one that can be made; {str(self.path)!r} "
                f"cannot ({reason}). Name another with --out."
            ) from error
        require_writable_folder(self.path)

    def require_no_run(self):
        """Raises FileInTheWay if the folder holds a run, or what one would replace."""
        if os.path.lexists(self.record):
            raise FileInTheWay(
                f"A new run needs a folder of its own; {str(self.path)!r} holds a run "
                f"already. Go on with `kbvae train --resume {as_typed(self.path)}`, "
                "or name another folder."
            )
        for path in self._written:
            if os.path.lexists(path):
                raise FileInTheWay(
                    f"A new run needs a folder of its own; {str(self.path)!r} holds "
                    f"{path.name!r}, which is of no run there and would be replaced. "
                    "Name another folder, or move it away."
                )

    @property
    def _written(self):
        """What training writes or replaces."""
        files = (self.record, self.checkpoint, self.history, self.traversal)
        return (*files, self.best.path, self.kept.folder, self.pictures)

    def _require_no_links(self):
        logs = [self.tensorboard / name for name in ("train", "validation", "pictures")]
        for path in (*self._written, self.tensorboard, *logs):
            require_no_link(path)

    @contextlib.contextmanager
    def alone(self):
        """Keeps every other process out of the folder, which must exist.

        A process may have begun a run between `create` and this: a new run calls
        `require_no_run` again inside. Files that a killed run left half written go.

        Raises:
            FolderInUse: another process is at work there.
            Unusable: what a run would write is a link to somewhere else.
        """
        with run_lock(self.path):
            self._require_no_links()
            self.remove_leftovers(is_alone=True)
            yield

    def remove_leftovers(self, is_alone=False):
        """Removes what killed processes left half written; see `files.whole_file`.

        Args:
            is_alone: bool, whether no other process can be at work there.
        """
        for path in (self.record, self.checkpoint, self.history, self.traversal):
            remove_leftovers(path, is_alone)
        self.best.remove_leftovers(is_alone)
        for ending in _OTHER_ENDINGS:  # of other commands, which may be at work
            remove_leftovers(self.path / f"*{ending}")
        for folder, name in (
            (self.kept.folder, "step-*.keras"),
            (self.pictures, "*.png"),
        ):
            if folder.is_dir() and not folder.is_symlink():
                remove_leftovers(folder / name, is_alone)

    def read(self):
        """The record of a run, as `write` left it.

        Raises:
            MissingFile: the folder holds no run.
            InvalidValue: the record is damaged, or of a newer version.
            OSError: it cannot be read.
        """
        if not os.path.lexists(self.record):
            raise MissingFile(
                f"A run's folder must hold run.json and ckpt.keras; "
                f"{str(self.path)!r} does not. Name the folder that "
                "`kbvae train` made."
            )
        return read_run_record(self.record)

    def write(self, record):
        """Writes the record, whole or not at all; NaN becomes null."""
        write_json(self.record, record, self._advice)

    def read_history(self, last_step):
        """The history's rows up to a step, as dicts of text.

        Raises:
            InvalidValue: the file is damaged.
            OSError: it is none, but a folder, say.
        """
        if not os.path.lexists(self.history):
            return []
        advice = "Move it away: the run goes on without its past rows."
        rows = read_rows(self.history, advice)
        return [row for row in rows if int(row["step"]) <= last_step]

    def history_rows(self, rows=()):
        """`HistoryRows` behind those of before, as `read_history` gave them."""
        return HistoryRows(self.history, rows, advice=lambda: self._advice)

    @property
    def _advice(self):
        if not (self.record.exists() and self.checkpoint.exists()):
            return "Free space there and start the run again."
        command = f"kbvae train --resume {as_typed(self.path)}"
        return f"Free space there and go on with `{command}`."


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
        names = (_KEPT_NAME.fullmatch(path.name) for path in self.folder.iterdir())
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
            own_folder(self.folder)
            save_checkpoint(model, self.path_of(step))

    def remove_beyond(self, step):
        """Removes later ones: a run that goes on from a step makes its own."""
        require_no_link(self.folder)
        for later in self.steps():
            if later > step:
                path = self.path_of(later)
                if path.is_dir() and not path.is_symlink():
                    raise IsAFolder(
                        "A run that goes on from a step removes its later checkpoints; "
                        f"{str(path)!r} is a folder. Move it away."
                    )
                path.unlink()


def environment():
    """Backend, device and versions, as a dict of text."""
    return {
        "backend": keras.backend.backend(),
        "device": engine.device_name(),
        "platform": platform.platform(),
        "versions": {
            "python": platform.python_version(),
            **package_versions(_PACKAGES),
        },
    }
