"""What a training logged, from wherever it was kept."""

import csv
import io
import itertools
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_bvae.errors import InvalidValue, MissingFile
from keras_bvae.files.reading import read_text, require_regular_file
from keras_bvae.rules import shown

# What every objective logs, in the order in which it is read.
_FIRST = ("loss", "reconstruction", "kl")
# Not terms: when a row was written.
_CLOCKS = ("step", "seconds", "epoch")
_KL_OF_A_LATENT = re.compile(r"kl_(\d{1,9})", re.ASCII)
# A million rows of a usual run.
_MOST_BYTES = 256 * 2**20
_STEP = re.compile(r"\d{1,15}", re.ASCII)


@dataclass(frozen=True)
class TrainingHistory:
    """Rows of logged numbers.

    Attributes:
        name: str, what the run is called.
        unit: str, "step" or "epoch": what the rows are counted in.
        steps: NumPy array, shape `(rows,)`, in that unit.
        columns: dict of NumPy arrays of float64, shape `(rows,)`; NaN: not logged.
    """

    name: str
    unit: str
    steps: np.ndarray
    columns: dict

    @property
    def kl(self):
        """KL of each latent: NumPy array, shape `(rows, latent_dim)`, in nats."""
        numbers = [int(m[1]) for m in map(_KL_OF_A_LATENT.fullmatch, self.columns) if m]
        series = [self.columns[f"kl_{number}"] for number in sorted(numbers)]
        return np.stack(series, axis=1) if series else np.empty((len(self.steps), 0))

    @property
    def terms(self):
        """Names of all other columns, the loss first; `val_…` goes with its own."""
        others = [
            name
            for name in self.columns
            if not _KL_OF_A_LATENT.fullmatch(name) and not name.startswith("val_")
        ]
        first = [name for name in _FIRST if name in others]
        return (*first, *(name for name in others if name not in first))


def read_history(source):
    """Reads what was logged.

    Args:
        source: a run's folder, its `history.csv`, what `fit` returned, a dict of lists
            as in that object's `history`, or a TrainingHistory. Of a dict, a column
            with fewer entries than the loss is left out: when it was logged is not
            known.

    Returns:
        TrainingHistory.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it is a folder, a pipe or a device.
        ValueError: the file is not as `kbvae train` writes it, or has no row.
    """
    if isinstance(source, TrainingHistory):
        return source
    if isinstance(source, str | Path):
        return _from_file(Path(source))
    epochs = getattr(source, "epoch", None)
    columns = getattr(source, "history", source)
    if not isinstance(columns, dict):
        raise InvalidValue(
            "A history must be a run's folder, a history.csv, what `fit` returned or a "
            f"dict of lists; received a {type(source).__name__}. Name the folder."
        )
    return _from_lists(columns, epochs)


def _from_file(path):
    file = path / "history.csv" if path.is_dir() else path
    if not os.path.exists(file):
        raise MissingFile(
            "A history must be the folder of a run, or its history.csv; received "
            f"{str(path)!r}, where there is none. `kbvae train` writes one every 100 "
            "steps."
        )
    require_regular_file(file, "A history")
    history = history_if_any(file)
    _require_rows(() if history is None else history.steps, str(file))
    return history


def history_if_any(file):
    """What a run has logged so far; None where that is nothing yet.

    Args:
        file: Path of a run's `history.csv`, which need not be there, nor be a file.

    Returns:
        TrainingHistory, or None.

    Raises:
        As `read_history`, if there is a file.
    """
    if not os.path.isfile(file):
        return None
    rows = read_rows(file, "Name one that `kbvae train` wrote.")
    if not rows:
        return None
    steps = np.array([int(row["step"]) for row in rows])
    names = [name for name in rows[0] if name not in _CLOCKS]
    columns = {n: np.array([_number(row[n]) for row in rows]) for n in names}
    return TrainingHistory(file.absolute().parent.name, "step", steps, columns)


def read_rows(path, advice):
    """The rows of a run's `history.csv`, each as it must be.

    Args:
        path: Path.
        advice: str, a sentence: what to do about one that is not.

    Returns:
        list of dicts of text: `step`, a whole number that rises from row to row,
        `seconds`, and numbers by the terms' names, empty where nothing was logged. A
        last line without its end was being written, or torn by a kill: it is no row.

    Raises:
        InvalidValue: it is not as `kbvae train` writes it.
        OSError: it is no file that can be read.
    """
    try:
        text = read_text(path, _MOST_BYTES, "A history.csv", whole_lines=True)
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = next(reader, [])
        _require_header(header)
        rows = []
        for values in reader:
            if values:
                rows.append(_row(header, values, reader.line_num))
        _require_rising(rows)
    except (InvalidValue, csv.Error) as error:
        raise InvalidValue(
            "A history.csv must have a column step and numbers in all others; "
            f"{str(path)!r} has not ({error}). {advice}"
        ) from error
    return rows


def _require_header(names):
    if names and "step" not in names:
        raise InvalidValue(f"its columns are {shown(names)}")
    if len(set(names)) < len(names) or not all(names):
        raise InvalidValue(f"a column has no name, or that of another: {shown(names)}")


def _row(header, values, line):
    if len(values) != len(header):
        raise InvalidValue(
            f"line {line} has {len(values)} values for {len(header)} columns"
        )
    row = dict(zip(header, values, strict=True))
    if not _STEP.fullmatch(row["step"]):
        raise InvalidValue(f"line {line} has the step {shown(row['step'])}")
    seconds = _number(row.get("seconds", "0"), line)
    if not 0 <= seconds < math.inf:
        raise InvalidValue(f"line {line} has the seconds {shown(row['seconds'])}")
    for name, value in row.items():
        if name not in _CLOCKS:
            _number(value, line)
    return row


def _require_rising(rows):
    steps = [int(row["step"]) for row in rows]
    for before, after in itertools.pairwise(steps):
        if after <= before:
            raise InvalidValue(f"step {after} comes after step {before}")


def _from_lists(columns, epochs):
    length = len(columns.get("loss") or next(iter(columns.values()), ()))
    columns = {
        name: np.asarray(values, np.float64)
        for name, values in columns.items()
        if name not in _CLOCKS and len(values) == length
    }
    whole = epochs if epochs is not None and len(epochs) == length else range(length)
    steps = np.asarray(whole, int) + 1
    _require_rows(steps, "the history")
    return TrainingHistory("", "epoch", steps, columns)


def _number(text, line=None):
    """A number of a row, NaN for none; also where a run of before 0.6 diverged."""
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = None
    if value is None or "_" in text or not text.isascii():
        raise InvalidValue(f"line {line} has {shown(text)} for a number")
    return value if abs(value) < 1e300 else math.nan


def _require_rows(rows, what):
    if len(rows) == 0:
        raise InvalidValue(
            f"A history must have at least one row to be drawn; {what} has none. Train "
            "for a log period first."
        )
