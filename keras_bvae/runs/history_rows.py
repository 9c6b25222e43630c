"""`history.csv` as a run writes it: the hundredth row costs what the first one does."""

import csv
import io
import os
import warnings

from keras_bvae.errors import InvalidValue
from keras_bvae.files.folders import require_no_link
from keras_bvae.files.growing_file import GrowingFile
from keras_bvae.runs.training_history import read_rows


class HistoryRows:
    """Adds rows. The file is written whole by the first one, and for a new column.

    Args:
        path: Path of the file, in a folder that this process holds.
        rows: list of dicts, the rows before; what else the file holds goes with the
            first row that is added.
        advice: see `GrowingFile`.

    Attributes:
        last_step: int, the step of the last row; 0 before there is one.
    """

    def __init__(self, path, rows=(), **advice):
        self.path = path
        self.last_step = int(rows[-1]["step"]) if rows else 0
        self._file = GrowingFile(path, **advice)
        self._before = list(rows)  # only until they are in the file
        self._columns = None

    def add(self, row):
        """Adds a row; where it lacks a column, that stays empty.

        Args:
            row: dict, `step` and numbers or "" by the terms' names.

        Raises:
            FileNotWritten: the disk is full; the rows before are kept.
            Unusable: a link, a pipe or a device is in the file's place.
        """
        is_known = self._columns is not None and set(row) <= set(self._columns)
        if not (is_known and self._file.append(_text(self._columns, [row]))):
            self._write_whole(row)
        self.last_step = int(row["step"])

    def put_on_disk(self):
        """Waits until every row would outlive a power cut.

        Raises:
            FileNotWritten: the disk is full or broken.
        """
        self._file.put_on_disk()

    def _write_whole(self, row):
        rows = self._before if self._columns is None else self._rows_there(row["step"])
        known = [*(self._columns or ()), *(key for r in (*rows, row) for key in r)]
        columns = list(dict.fromkeys(known))
        if "seconds" in columns:  # which a file of somebody's own may lack
            rows = [{"seconds": "0.0", **r} for r in rows]
        header = dict(zip(columns, columns, strict=True))
        self._file.replace(_text(columns, [header, *rows, row]))
        self._columns, self._before = columns, []

    def _rows_there(self, step):
        """The rows of the file, which somebody may have changed, before a step."""
        require_no_link(self.path)
        if not os.path.lexists(self.path):
            return []
        try:
            rows = read_rows(self.path, "")
        except InvalidValue as error:
            # Hours of training do not end for it, and nothing of it is lost.
            aside = self.path.with_name("history-damaged.csv")
            os.replace(self.path, aside)
            warnings.warn(
                f"history.csv was changed while the run wrote it: {error} It is called "
                f"{aside.name} now; the rows from step {step:,} on begin a new one.",
                stacklevel=2,
            )
            return []
        return [row for row in rows if int(row["step"]) < step]


def _text(columns, rows):
    lines = io.StringIO(newline="")
    csv.DictWriter(lines, columns, restval="").writerows(rows)
    return lines.getvalue()
