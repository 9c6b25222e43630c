"""Factors of people's own images, from a table (CSV) beside them."""

import csv
import re
from typing import NamedTuple

import numpy as np

from keras_bvae.datasets.factors import factors_from_rows
from keras_bvae.datasets.own.delimited_text import parted_rows
from keras_bvae.datasets.own.file_names import file_finder
from keras_bvae.errors import InvalidValue, printable
from keras_bvae.files.reading import read_text

# A column with more values than this names or measures images; it groups none of them.
MOST_CLASSES = 4096
# FactorTable finds an image by the number of its combination.
MOST_COMBINATIONS = 2**63 - 1
# As text; what Python makes of it takes several times as much.
MOST_BYTES = 2**28
_WHOLE = re.compile("[+-]?[0-9]{1,1000}")
FILE_COLUMN = "file"
INDEX_COLUMN = "index"


class FileFactors(NamedTuple):
    """What a table says of the images.

    Attributes:
        space: FactorGrid or FactorTable, with the class of each factor in each image.
        values: dict, name of a factor to the tuple of values (str) that its classes
            0, 1, 2, … stand for.
    """

    space: object
    values: dict


def factors_of_files(path, files, left_out=(), stacks=None):
    """The factors of image files, each named in the column `file`.

    A name may be written with backslashes, in any normal form of Unicode, or in other
    capitals, as long as one file alone is meant. A row that names a stack is that of
    all its pages, which may have rows of their own instead: "stack.tif[0]".

    Values are numbers or words. Each distinct value is a class, floating-point numbers
    included; classes are in the order of the numbers, or of the alphabet where a value
    of the column is no number. A column with only one value is no factor and left out.

    Args:
        path: the table: UTF-8 or UTF-16, commas, semicolons or tabs between the
            values; a header `file,factor,factor…`, one row a file.
        files: names of the files, as the table writes them, in the order of the images.
        left_out: names that may stand in the table though they are not among `files`.
        stacks: dict, name of a stack among `files` to the names of its pages, which
            are its images; or None.

    Returns:
        FileFactors.

    Raises:
        OSError: the file cannot be opened.
        ValueError: it is no such table, or lacks or repeats a file.
    """
    header, rows = _read_table(path)
    if header[0] != FILE_COLUMN:
        raise _wrong(path, f"its first column is {header[0]!r}, not {FILE_COLUMN!r}")
    stacks = stacks or {}
    images = [page for name in files for page in stacks.get(name, (name,))]
    known = dict.fromkeys(images)
    find = file_finder((*files, *images, *left_out))
    for line, row in rows:
        try:
            name = find(row[0])
        except LookupError as error:
            name = _left_out_page(find, row[0], left_out)
            if name is None:
                raise _wrong(path, f"line {line} {error.args[0]}") from error
        for page in stacks.get(name, (name,)):
            if known.get(page) is not None:
                raise _wrong(path, f"line {line} names {row[0]!r} a second time")
            known[page] = row[1:]
    missing = [name for name in images if known[name] is None]
    if missing:
        others = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
        raise _wrong(path, f"there is no row for {missing[0]!r}{others}")
    return _as_factors(path, header[1:], [known[name] for name in images])


def factors_of_rows(path, count):
    """The factors of an array of images: one row an image, in the array's order.

    Values and classes are as for `factors_of_files`.

    Args:
        path: the table: as for `factors_of_files`, its header the factors' names. A
            column `index`, where there is one, holds the number of each row's image
            from 0; rows may then come in any order.
        count: number of images.

    Returns:
        FileFactors.

    Raises:
        OSError: the file cannot be opened.
        ValueError: it is no such table, or has not one row for each image.
    """
    header, rows = _read_table(path)
    if INDEX_COLUMN in header:
        header, rows = _in_order_of_index(path, header, rows, count)
    if len(rows) != count:
        raise _wrong(
            path, f"it has {_counted(len(rows), 'row')} for {_counted(count, 'image')}"
        )
    return _as_factors(path, header, [row for _, row in rows])


def factors_of_columns(path, names, columns):
    """The factors that some columns of a table are.

    Values and classes are as for `factors_of_files`.

    Args:
        path: the table, for sentences.
        names: their names.
        columns: for each a sequence of str, one value an example.

    Returns:
        FileFactors.

    Raises:
        ValueError: none of them changes, or one has too many values.
    """
    return _as_factors(path, names, list(zip(*columns, strict=True)))


def _counted(number, what):
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _left_out_page(find, name, left_out):
    """The stack that is left out, of which a name is a page; else None."""
    try:
        stack = find(re.sub(r"\[\d+\]$", "", name))
    except LookupError:
        return None
    return stack if stack in left_out else None


def _read_table(path):
    """The header and `(line, row)` of each further row that is not empty."""
    text = read_text(path, MOST_BYTES, "A table of factors", "Leave columns out.")
    try:
        rows = parted_rows(text)
    except csv.Error as error:
        raise _wrong(path, error) from error
    if len(rows) < 2:
        raise _wrong(path, "it has no rows below a header")
    (_, header), *rows = rows
    if not all(header) or len(set(header)) != len(header):
        shown = printable(repr(",".join(header)), 200)
        raise _wrong(path, f"its header {shown} must be different names")
    for line, row in rows:
        if len(row) != len(header):
            problem = f"line {line} has {len(row)} values for {len(header)} columns"
            raise _wrong(path, problem)
        if "" in row:
            column = header[row.index("")]
            shown = printable(repr(column), 100)
            raise _wrong(path, f"line {line} has no value for {shown}")
    return header, rows


def _in_order_of_index(path, header, rows, count):
    column = header.index(INDEX_COLUMN)
    placed = {}
    for line, row in rows:
        index = row.pop(column)
        # Of thousands of digits Python makes no number.
        is_number = index.isdecimal() and len(index) <= 20
        if not is_number or int(index) >= count:
            shown = printable(repr(index), 100)
            problem = f"line {line} has the index {shown}, not 0 … {count - 1}"
            raise _wrong(path, problem)
        if int(index) in placed:
            raise _wrong(path, f"line {line} has the index {index} a second time")
        placed[int(index)] = line, row
    header = header[:column] + header[column + 1 :]
    return header, [placed[index] for index in sorted(placed)]


def _as_factors(path, names, rows):
    columns, values, combinations = [], {}, 1
    for name, column in zip(names, zip(*rows, strict=True), strict=True):
        classes, class_values = _classes(column)
        combinations *= len(class_values)
        if len(class_values) > MOST_CLASSES:
            found = f"the column {printable(repr(name), 100)} has "
            found += f"{len(class_values):,} values"
            raise _wrong(path, f"{found}, more than {MOST_CLASSES:,}; leave it out")
        if len(class_values) > 1:
            columns.append(classes)
            values[name] = class_values
        if combinations > MOST_COMBINATIONS:
            raise _wrong(
                path, "64 bits cannot count the combinations; leave a column out"
            )
    if not columns:
        raise _wrong(path, "it has no column whose value changes")
    space = factors_from_rows(tuple(values), np.stack(columns, axis=1))
    return FileFactors(space, values)


def _classes(column):
    """Class of each value, int64, and the values (str) of the classes in order."""
    if len(set(column)) == 1:
        return np.zeros(len(column), np.int64), column[:1]
    numbers = _as_numbers(column)
    keys = np.array(column, dtype=object) if numbers is None else numbers
    _, first, classes = np.unique(keys, return_index=True, return_inverse=True)
    return classes, tuple(column[row] for row in first)


def _as_numbers(column):
    """The values as float64, or None where one is no finite number.

    Whole ones that float64 cannot tell apart, such as long identifiers, stay whole.
    """
    if all(_WHOLE.fullmatch(value) for value in column):
        whole = [int(value) for value in column]
        if max(map(abs, whole)) >= 2**53:
            return np.array(whole, dtype=object)
    try:
        numbers = np.array([float(value) for value in column])
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None


def _wrong(path, problem):
    return InvalidValue(
        "A table of factors must be a CSV file with a header and one row an image; "
        f"received {path}: {problem}. Correct it, or rename it to go without factors."
    )
