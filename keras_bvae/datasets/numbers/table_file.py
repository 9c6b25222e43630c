"""A table in a file (CSV, TSV, Parquet, NumPy): its columns, each numbers or text."""

import csv
import io
import math
import re
from pathlib import Path

import numpy as np

from keras_bvae.datasets.storage.npy_file import NpyFile
from keras_bvae.errors import InvalidValue, KerasBVAEError, MissingFile, printable
from keras_bvae.files.reading import read_bytes, require_regular_file

# Of a file as it lies there; numbers in memory take about as much.
MOST_BYTES = 2**31
# In memory a value has 8 bytes until all columns are together.
MOST_VALUES = 2**28
MOST_COLUMNS = 2**16
DELIMITERS = ",;\t|"
# What stands for a value that is missing, as pandas reads it.
MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A", "?")
_BYTES_TO_SNIFF = 2**16
_TEXT_TABLES = (".csv", ".tsv", ".txt", ".data", ".tab")
_WITH_A_COMMA = re.compile(r"[+-]?\d+(,\d+)?([eE][+-]?\d+)?")
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8"))


def read_table(path):
    """The columns of a table, in their order.

    A first row without a number is the header; else columns are called "0", "1", … A
    column without a name that counts the rows, as pandas writes it, is left out.

    Args:
        path: .csv, .tsv or .txt (the delimiter is found out: comma, semicolon, tab or
            bar; UTF-8 or UTF-16), .parquet, or .npy of the shape (n, columns).

    Returns:
        dict, name to NumPy array `(n,)`: float64 with NaN for what is missing, or
        object of str and None.

    Raises:
        OSError: the file cannot be opened.
        ValueError: it is no such table.
    """
    path = Path(path).expanduser()
    if not path.exists():
        raise MissingFile(
            f"`table:` must be followed by a file that exists; received {path}. Save a "
            "table as CSV, a header and one row an example."
        )
    size = require_regular_file(path, "A table")
    ending = path.suffix.lower()
    if ending == ".npy":
        return _of_array(path)
    if size > MOST_BYTES:
        raise _unusable(
            path, f"it has {size:,} bytes, and {MOST_BYTES:,} at most are read"
        )
    if ending in (".parquet", ".pq"):
        columns = _of_arrow(path, _parquet(path))
    elif ending in _TEXT_TABLES:
        columns = _of_arrow(path, _csv(path))
    elif ending in (".xlsx", ".xls", ".ods"):
        raise _unusable(path, "it is a workbook; save its sheet as CSV")
    else:
        raise _unusable(path, f"its name ends in {ending or 'nothing'}")
    return _without_row_numbers(columns)


def _of_array(path):
    try:
        array = NpyFile(path, "A table")
        if len(array.shape) != 2:
            raise InvalidValue(f"its shape is {array.shape}")
        if array.shape[1] > MOST_COLUMNS or math.prod(array.shape) > MOST_VALUES:
            raise InvalidValue(
                f"its shape is {array.shape}, and {MOST_COLUMNS:,} columns and "
                f"{MOST_VALUES:,} values at most are read"
            )
        values = array.read().astype("float64")
    except ValueError as error:
        raise _unusable(path, error) from error
    return {str(place): column for place, column in enumerate(values.T)}


def _parquet(path):
    from pyarrow import ArrowException, parquet

    try:
        file = parquet.ParquetFile(path)
        shape = file.metadata.num_rows, file.metadata.num_columns
        _require_shape(path, shape)
        return file.read()
    except KerasBVAEError:
        raise
    except (ArrowException, OSError, ValueError) as error:
        raise _unusable(path, f"Parquet cannot be read ({_first_line(error)})") from (
            error
        )


def _csv(path):
    from pyarrow import ArrowException
    from pyarrow import csv as arrow

    text = _as_utf8(path, read_bytes(path, MOST_BYTES, "A table", "Leave rows out."))
    beginning = text[:_BYTES_TO_SNIFF].decode("utf-8", "replace")
    first = beginning.splitlines()[0] if beginning.strip() else ""
    if not first.strip():
        raise _unusable(path, "it begins with an empty line" if text else "it is empty")
    delimiter = max(DELIMITERS, key=first.count)
    names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
    has_header = not any(_is_number(name) for name in names)
    if not has_header:
        names = [str(place) for place in range(len(names))]
    _require_names(path, names)
    _require_shape(path, (text.count(b"\n"), len(names)))
    decimal = "," if delimiter == ";" and _has_commas(beginning, delimiter) else "."
    try:
        return arrow.read_csv(
            io.BytesIO(text),
            read_options=arrow.ReadOptions(
                column_names=_unique(names), skip_rows=int(has_header)
            ),
            parse_options=arrow.ParseOptions(
                delimiter=delimiter, newlines_in_values=b'"' in text
            ),
            convert_options=arrow.ConvertOptions(
                null_values=MISSING,
                strings_can_be_null=True,
                decimal_point=decimal,
                timestamp_parsers=["\0"],  # dates stay text, and are told of as such
            ),
        )
    except ArrowException as error:
        raise _unusable(path, _first_line(error)) from error


def _as_utf8(path, text):
    """The text without its mark, in UTF-8 from whatever it says it is."""
    for mark, encoding in _MARKS:
        if text.startswith(mark):
            try:
                return text.decode(encoding).lstrip("\ufeff").encode()
            except UnicodeDecodeError as error:
                raise _unusable(path, f"it is no {encoding} ({error.reason})") from (
                    error
                )
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unusable(
            path, f"byte {error.start:,} is no UTF-8; save it as UTF-8"
        ) from error
    return text


def _of_arrow(path, table):
    """Columns of an Arrow table as NumPy arrays."""
    import pyarrow

    _require_names(path, table.column_names)
    if not table.num_rows:
        raise _unusable(path, "it has no rows below a header")
    kinds, columns = pyarrow.types, {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type
        if kinds.is_dictionary(kind):  # pandas's categories
            column = column.cast(kind.value_type)
            kind = column.type
        is_number = kinds.is_integer(kind) or kinds.is_floating(kind)
        if kinds.is_boolean(kind) or kinds.is_null(kind) or is_number:
            column = column.cast("uint8") if kinds.is_boolean(kind) else column
            values = column.cast("float64", safe=False).to_numpy()
        elif kinds.is_decimal(kind):
            values = column.cast("float64").to_numpy()
        elif kinds.is_nested(kind) or kinds.is_binary(kind):
            raise _unusable(
                path, f"column {printable(name, 60)!r} holds {printable(str(kind), 60)}"
            )
        else:  # text, dates
            values = np.array(column.cast("string").to_pylist(), dtype=object)
        columns[name] = values
    return columns


def _without_row_numbers(columns):
    """Without the column that pandas writes for its index, where it only counts."""
    for name in [n for n in columns if n in ("", "__index_level_0__", "Unnamed: 0")]:
        values = columns[name]
        counts = values.dtype.kind == "f" and (
            np.array_equal(values, np.arange(len(values)))
        )
        if counts and len(columns) > 1:
            del columns[name]
    return columns


def _has_commas(beginning, delimiter):
    """Whether numbers have decimal commas, as in much of Europe."""
    rows = csv.reader(beginning.splitlines()[1:], delimiter=delimiter)
    values = [value.strip() for row in rows for value in row]
    return any("," in value and _WITH_A_COMMA.fullmatch(value) for value in values)


def _is_number(text):
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return text.lower() not in ("nan", "inf", "infinity")


def _unique(names):
    """Names that differ: a second "x" is "x.1", as pandas has it."""
    seen, unique = {}, []
    for name in names:
        count = seen.get(name, 0)
        seen[name] = count + 1
        unique.append(f"{name}.{count}" if count else name)
    return unique


def _require_names(path, names):
    if len(names) > MOST_COLUMNS:
        raise _unusable(
            path, f"it has {len(names):,} columns, and {MOST_COLUMNS:,} are read"
        )


def _require_shape(path, shape):
    rows, columns = shape
    if rows * columns > MOST_VALUES:
        raise _unusable(
            path,
            f"it has {rows:,} rows of {columns:,} columns, and {MOST_VALUES:,} values "
            "at most are read; leave some out, or save it as .npy for `array:`",
        )


def _first_line(error):
    lines = str(error).splitlines()
    return printable(lines[0] if lines else type(error).__name__, 200)


def _unusable(path, problem):
    return InvalidValue(
        "A table must be .csv, .tsv, .parquet or .npy, with one row an example; "
        f"received {path}: {problem}."
    )
