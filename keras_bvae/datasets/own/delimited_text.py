"""Rows of a table in text, as spreadsheets of all countries write them."""

import contextlib
import csv
import io
import re

# Spreadsheets of countries with decimal commas part by ";", their text files by tabs.
_DELIMITERS = ",;\t"
_FIRST_LINE_OF_EXCEL = re.compile('"?sep=([,;\t])"?\r?\n')
_WITH_A_COMMA = re.compile("[+-]?[0-9]+(,[0-9]+)?")


def parted_rows(text):
    """The rows of a table in text, by the delimiter that fits.

    In a table without commas for delimiters, a column of numbers with decimal commas
    gets decimal points.

    Args:
        text: str.

    Returns:
        list of `(line, values)`, one for each row that is not empty: the number of its
        line and a list of str.

    Raises:
        csv.Error: a quotation mark is not closed, or a value is too long.
    """
    said = _FIRST_LINE_OF_EXCEL.match(text)
    if said:
        return _parted_by(said[1], "\n" + text[said.end() :])
    first = text.lstrip().partition("\n")[0]
    found = [delimiter for delimiter in _DELIMITERS if delimiter in first]
    for delimiter in found[1:] and found:
        # A name of a column may hold the other one: then the rows speak.
        with contextlib.suppress(csv.Error):
            rows = _parted_by(delimiter, text)
            if rows and {len(rows[0][1])} == {len(row) for _, row in rows} != {1}:
                return rows
    return _parted_by((found or _DELIMITERS)[0], text)


def _parted_by(delimiter, text):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = [
        (reader.line_num, [value.strip() for value in row])
        for row in reader
        if any(value.strip() for value in row)
    ]
    if delimiter != ",":
        _make_points_of_commas([row for _, row in rows[1:]])
    return rows


def _make_points_of_commas(rows):
    """Makes "0,5" of a column of such numbers "0.5", in place."""
    for place in range(min(map(len, rows), default=0)):
        if all(_WITH_A_COMMA.fullmatch(row[place]) for row in rows):
            for row in rows:
                row[place] = row[place].replace(",", ".")
