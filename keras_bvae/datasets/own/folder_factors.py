"""Factors of a folder of pictures: from its table, from the folders in it, or both."""

import numpy as np

from keras_bvae.datasets.factors import factors_from_rows
from keras_bvae.datasets.own.factor_file import (
    MOST_CLASSES,
    MOST_COMBINATIONS,
    FileFactors,
    factors_of_files,
)
from keras_bvae.datasets.own.picture_files import natural_order
from keras_bvae.datasets.own.picture_pages import place_in_words
from keras_bvae.errors import InvalidValue, printable
from keras_bvae.files.reading import require_regular_file

FACTORS = "factors.csv"
_ADVICE = "Move them, or leave +folders=factor (folders='factor') out."


def factors_of_folder(folder, found, seen, folders=None):
    """What is known of the pictures of a folder.

    Args:
        folder: Path.
        found: list of str, names of the pictures' files relative to it.
        seen: `Survey` of them.
        folders: "factor": the folders that the files lie in are factors; or None.

    Returns:
        FileFactors, the table's first; None where nothing is known.

    Raises:
        OSError, ValueError: the table or the folders make no factors, or both have one
            of the same name.
    """
    files = [name for name in found if name not in seen.unreadable]
    table, known = folder / FACTORS, []
    if table.exists():
        require_regular_file(table, "A table of factors")
        stacks = {
            name: [place_in_words(name, page, True) for page in pages]
            for name, pages in seen.pages.items()
        }
        known.append(factors_of_files(table, files, seen.unreadable, stacks))
    if folders is not None:
        rows = [name for name in files for _ in seen.pages.get(name, (0,))]
        known.append(_factors_of_folders(folder, rows))
    return _joined(folder, known) if known else None


def where_factors_go(folder, files):
    """A sentence for whoever needs the factors of a folder and finds none.

    Args:
        folder: Path.
        files: list of str, names of its pictures.
    """
    paths = {tuple(name.split("/")[:-1]) for name in files}
    or_else = ""
    if len(paths) > 1 and len(set(map(len, paths))) == 1:
        or_else = ", or let +folders=factor make one of the folders in it"
    return f"Put them into {folder / FACTORS}{or_else}."


def _factors_of_folders(folder, files):
    """A factor for each level of folders in which there are several."""
    paths = [name.split("/")[:-1] for name in files]
    deepest = max(range(len(paths)), key=lambda row: len(paths[row]))
    flattest = min(range(len(paths)), key=lambda row: len(paths[row]))
    depth = len(paths[deepest])
    if depth != len(paths[flattest]):
        deep = f"{_quoted(files[deepest])} lies {_in_folders(depth)}"
        flat = f"{_quoted(files[flattest])} {_in_folders(len(paths[flattest]))}"
        raise _wrong(folder, f"where {deep} and {flat}. {_ADVICE}")
    values, columns = {}, []
    for level, column in enumerate(zip(*paths, strict=True), 1):
        names = _in_order(set(column))
        if len(names) > MOST_CLASSES:
            raise _wrong(
                folder,
                f"where there are {len(names):,} beside each other, and "
                f"{MOST_CLASSES:,} at most group pictures. {_ADVICE}",
            )
        if len(names) == 1:
            continue
        numbers = {name: number for number, name in enumerate(names)}
        columns.append([numbers[name] for name in column])
        values["folder" if depth == 1 else f"folder_{level}"] = tuple(names)
    if not columns:
        where = "in one folder" if depth else "in none"
        raise _wrong(folder, f"where all pictures lie {where}. {_ADVICE}")
    _require_countable(folder, values)
    space = factors_from_rows(tuple(values), np.stack(columns, axis=1))
    return FileFactors(space, values)


def _joined(folder, known):
    """The factors of all that is known."""
    values = {}
    for factors in known:
        twice = [name for name in factors.values if name in values]
        if twice:
            raise InvalidValue(
                f"A factor's name must be that of one; received {folder}, where "
                f"{FACTORS} has a column {twice[0]!r} and +folders=factor makes "
                "another. Rename the column, or leave +folders=factor out."
            )
        values |= factors.values
    if len(known) == 1:
        return known[0]
    _require_countable(folder, values)
    spaces = [factors.space for factors in known]
    count = len(spaces[0])
    rows = np.concatenate([space.at(np.arange(count)) for space in spaces], axis=1)
    return FileFactors(factors_from_rows(tuple(values), rows), values)


def _in_order(names):
    """As numbers where each is another one, else in natural order."""
    try:
        numbers = {name: float(name) for name in names}
    except ValueError:
        numbers = {}
    if (
        len(set(numbers.values())) == len(names)
        and np.isfinite([*numbers.values()]).all()
    ):
        return sorted(names, key=numbers.get)
    return sorted(names, key=natural_order)


def _in_folders(depth):
    return "in no folder" if depth == 0 else f"{depth} deep"


def _quoted(name):
    return printable(repr(name), 200)


def _require_countable(folder, values):
    combinations = 1
    for classes in values.values():
        combinations *= len(classes)
    if combinations > MOST_COMBINATIONS:
        raise _wrong(folder, f"whose combinations 64 bits cannot count. {_ADVICE}")


def _wrong(folder, problem):
    return InvalidValue(
        "Folders are factors where every picture lies equally deep and in one of "
        f"several; received {folder}, {problem}"
    )
