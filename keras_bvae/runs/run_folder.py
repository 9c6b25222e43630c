"""A run's folder: what ran, how far it came, and what it made."""

import contextlib
import csv
import platform
import re
from pathlib import Path

import keras
import numpy as np

from keras_bvae.engine import engine
from keras_bvae.errors import (
    FileInTheWay,
    MissingFile,
    Unusable,
)
from keras_bvae.files.json_file import write_json
from keras_bvae.files.locks import run_lock
from keras_bvae.files.whole_file import (
    remove_leftovers,
    require_writable_folder,
    whole_file,
)
from keras_bvae.models.checkpoint import save_checkpoint
from keras_bvae.package_versions import package_versions
from keras_bvae.runs.run_record import read_run_record
from keras_bvae.runs.training_history import read_rows

_PACKAGES = ("keras-bvae", "keras", "tensorflow", "tensorflow-cpu", "jax", "torch")
_KEPT_NAME = re.compile(r"step-(\d{6,})\.keras")


class RunFolder:
    """Reads and writes one run's files.

    `run.json` holds settings, versions, backend, device, status and results;
    `ckpt.keras` the last checkpoint; `history.csv` a row for every log period. Where it
    was asked for, `checkpoints` holds earlier ones and `pictures` what was drawn.

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
        self.pictures = self.path / "pictures"

    def create(self):
        """Makes the folder.

        Raises:
            FileInTheWay: it holds a run already.
            OSError: it cannot be made or written.
        """
        self.require_no_run()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unusable(
                f"A run's folder must be one that can be made; {str(self.path)!r} "
                f"cannot ({error.strerror}). Name another with --out."
            ) from error
        require_writable_folder(self.path)

    def require_no_run(self):
        """Raises FileInTheWay if the folder holds a run."""
        if self.record.exists() or self.checkpoint.exists():
            raise FileInTheWay(
                f"A new run needs a folder of its own; {str(self.path)!r} holds a run "
                f"already. Go on with `kbvae train --resume {self.path}`, or name "
                "another folder."
            )

    @contextlib.contextmanager
    def alone(self):
        """Keeps every other process out of the folder, which must exist.

        A process may have begun a run between `create` and this: a new run calls
        `require_no_run` again inside. Files that a killed run left half written go.

        Raises:
            FolderInUse: another process is at work there.
        """
        with run_lock(self.path):
            for file in (self.checkpoint, self.history, self.record, self.traversal):
                remove_leftovers(file)
            self.kept.remove_leftovers()
            for part in self.pictures.glob(".*-part-*.png"):
                part.unlink(missing_ok=True)
            yield

    def read(self):
        """The record of a run, as `write` left it.

        Raises:
            MissingFile: the folder holds no run.
            InvalidValue: the record is damaged, or of a newer version.
            OSError: it cannot be read.
        """
        if not self.record.is_file():
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
        """
        if not self.history.is_file():
            return []
        advice = "Move it away: the run goes on without its past rows."
        rows = read_rows(self.history, advice)
        return [row for row in rows if int(row["step"]) <= last_step]

    def write_history(self, rows):
        """Writes all rows; a column that a row lacks stays empty."""
        columns = list(dict.fromkeys(key for row in rows for key in row))
        with (
            whole_file(self.history, advice=self._advice) as temporary,
            open(temporary, "w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)

    @property
    def _advice(self):
        return f"Free space there and go on with `kbvae train --resume {self.path}`."


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
