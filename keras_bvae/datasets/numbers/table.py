"""A table as a data set: each row an example, or windows of rows a series."""

import itertools

import numpy as np

from keras_bvae.datasets.numbers.number_rows import NumberRows
from keras_bvae.datasets.numbers.table_file import read_table
from keras_bvae.datasets.own.factor_file import factors_of_columns
from keras_bvae.errors import InvalidValue, printable
from keras_bvae.rules import require_whole

# A categorical column with more is a name or a number of something.
MOST_CLASSES = 1000
_LISTED = 8


class Table(NumberRows):
    """The rows of a CSV, Parquet or NumPy file; or windows of them, a series each.

    Columns of numbers are what is learned. Text must be told what it is: a factor, a
    category, or nothing. Values are served in their own units, float32; categories as
    a block of 0 and 1 each, behind the numbers.

    Args:
        path: the file, as `read_table` takes it.
        factors: names of columns that are the factors, and are not learned.
        categorical: names of columns that hold classes, and are learned as such.
        drop: names of columns to leave out.
        window: int >= 2, or None: rows are moments in time, and as many of them, one
            after the other, make an example `(window, columns)`. A window never holds
            two values of a factor.
        stride: int >= 1: rows from the beginning of a window to that of the next;
            None: `window`, so that no two overlap.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no table; a value is missing; a column of text is told to be
            nothing; a name is that of no column.
    """

    def __init__(
        self, path, factors=(), categorical=(), drop=(), window=None, stride=None
    ):
        columns = read_table(path)
        _require_columns(path, columns, factors, categorical, drop)
        parts = {name: columns[name] for name in columns if name not in drop}
        _require_complete(path, parts)
        labels = [parts.pop(name) for name in factors]
        classes = {name: parts.pop(name) for name in categorical}
        _require_numbers(path, parts)
        blocks = {name: _block(path, name, values) for name, values in classes.items()}
        names = list(parts)
        for name, (values, _) in blocks.items():
            names += [f"{name}={value}" for value in values]
        if not names:
            raise InvalidValue(
                f"A table must have a column to learn; received {path} without any but "
                "factors. Name fewer of them."
            )
        rows = np.column_stack([*parts.values(), *(b for _, b in blocks.values())])
        texts = [_as_text(label) for label in labels]
        if window is not None:
            rows, kept = _windows(path, rows, texts, window, stride)
            texts = [[text[row] for row in kept] for text in texts]
        elif stride is not None:
            raise InvalidValue(
                f"+stride goes with +window; received +stride={stride} alone. Write "
                "+window=50+stride=25."
            )
        found = factors_of_columns(path, factors, texts) if factors else None
        super().__init__(
            f"table:{path}",
            rows,
            None if found is None else found.space,
            "a table" if window is None else f"windows of {window} rows of a table",
            names,
            tuple(len(values) for values, _ in blocks.values()),
        )
        self.factor_values = {} if found is None else found.values
        self.factors_from = "Name columns that are factors with +factors=COLUMN,COLUMN."


def _require_columns(path, columns, *chosen):
    """Raises unless all names are those of columns, each named once."""
    named = [name for names in chosen for name in names]
    for name in named:
        if name not in columns:
            listed = printable(", ".join(list(columns)[:_LISTED]), 300)
            more = ", …" if len(columns) > _LISTED else ""
            raise InvalidValue(
                f"A column must be one of {listed}{more} in {path}; received "
                f"{printable(name, 100)!r}. Names are as in the header, with commas "
                "between them."
            )
        if named.count(name) > 1:
            raise InvalidValue(
                "A column is a factor, a category, or left out; received "
                f"{printable(name, 100)!r} twice. Name it once."
            )


def _require_complete(path, columns):
    """Raises where values are missing, by column and count."""
    counts = {name: _missing(values) for name, values in columns.items()}
    missing = [f"{printable(n, 60)} ({c:,})" for n, c in counts.items() if c]
    if not missing:
        return
    listed = ", ".join(missing[:_LISTED]) + (", …" if len(missing) > _LISTED else "")
    raise InvalidValue(
        f"A table must have a value in every cell; received {path}, which lacks some "
        f"in {listed}. Fill them in, leave those rows out, or leave the column out by "
        f"+drop={printable(next(n for n, c in counts.items() if c), 60)}."
    )


def _missing(values):
    if values.dtype.kind == "f":
        return int(np.count_nonzero(~np.isfinite(values)))
    return sum(value is None for value in values)


def _require_numbers(path, columns):
    """Raises where a column that is learned holds text."""
    text = [name for name, values in columns.items() if values.dtype == object]
    if text:
        shown = [
            f"{printable(n, 40)} ({printable(repr(columns[n][0]), 30)}, …)"
            for n in text[:_LISTED]
        ]
        more = ", …" if len(text) > _LISTED else ""
        name = printable(text[0], 40)
        raise InvalidValue(
            f"What is learned of a table must be numbers; received {path}, whose "
            f"columns {', '.join(shown)}{more} hold text. Write +factors={name} for "
            f"what explains a row, +categorical={name} to learn its classes, or "
            f"+drop={name}."
        )


def _block(path, name, values):
    """The classes of a categorical column, and a block of 0 and 1 for each row."""
    texts = _as_text(values)
    (found,) = factors_of_columns(path, (name,), [texts]).values.values()
    if len(found) > MOST_CLASSES:
        raise InvalidValue(
            f"A categorical column must have {MOST_CLASSES:,} classes at most; "
            f"received {printable(name, 60)!r} of {path} with {len(found):,}. Leave it "
            f"out by +drop={printable(name, 60)}."
        )
    place = {value: number for number, value in enumerate(found)}
    block = np.zeros((len(texts), len(found)), "float32")
    block[np.arange(len(texts)), [place[text] for text in texts]] = 1
    return found, block


def _as_text(values):
    """Labels as text: whole numbers without a point."""
    if values.dtype == object:
        return [str(value).strip() for value in values]
    return [str(int(v)) if float(v).is_integer() else repr(float(v)) for v in values]


def _windows(path, rows, labels, window, stride):
    """Windows `(n, window, columns)`, and the row in which each begins."""
    advice = "Write +window=50 for 50 rows an example."
    require_whole("window", window, least=2, advice=advice)
    stride = window if stride is None else stride
    require_whole("stride", stride, least=1, advice="Leave it out for no overlap.")
    changes = [0, len(rows)]
    for label in labels:
        changes += [i for i in range(1, len(label)) if label[i] != label[i - 1]]
    changes = sorted(set(changes))
    starts = [
        start
        for first, last in itertools.pairwise(changes)
        for start in range(first, last - window + 1, stride)
    ]
    if not starts:
        longest = max(b - a for a, b in itertools.pairwise(changes))
        within = " in which no factor changes" if labels else ""
        raise InvalidValue(
            f"A window must fit into the rows{within}; received window={window} for "
            f"{longest:,} rows of {path}. Use {longest} or less."
        )
    return np.stack([rows[start : start + window] for start in starts]), starts
