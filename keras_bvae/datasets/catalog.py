"""Data sets by name: one way to say which, everywhere.

A name is SOURCE+CHANGE+CHANGE=VALUE. A path may hold a `+` itself: it ends where the
longest path ends that exists, or before the first change.
"""

import difflib
import mimetypes
import os
import re
from dataclasses import dataclass

from keras_bvae.datasets.changes.named_changes import (
    CHANGE_WORDS,
    SINGLE_CHANGES,
    SOURCE_OPTIONS,
    changed,
)
from keras_bvae.datasets.sources import (
    OPTION_VALUES,
    PATH_SOURCES,
    is_source,
    open_source,
)
from keras_bvae.errors import InvalidValue, printable

_KNOWN_CHANGE = re.compile(rf"\+(?:{'|'.join(CHANGE_WORDS)})(?=[=+]|$)")
# A path has 4,096 at most, and there may be two: images, and a background.
_LONGEST_NAME = 10_000
# Leaves room for a suffix within the 255 bytes of most file systems.
_LONGEST_FILE_NAME = 60
# Whose files end so.
_SOURCES_OF_FILES = {
    ".npy": "array",
    ".npz": "array",
    ".h5": "shapes3d",
    ".hdf5": "dsprites",
    ".gz": "cars3d",
    ".csv": "table",
    ".tsv": "table",
    ".parquet": "table",
    ".mat": "smallnorb",
}
# What `read_image_file` takes as well.
_OF_PICTURES = ("range", "on", "max-pixels", "fit")


def load(name, image_size=None):
    """A data set by its name; cheap, as images are read or drawn when they are needed.

    A name is a source and changes: "dsprites", "images:DIR+size=128+train",
    "dsprites+fix=shape:0+color". `NAMES` and `CHANGES` list them.

    Args:
        name: str. A path in it may hold a `+`: it ends before a change, or where the
            longest path ends that exists.
        image_size: int, height and width, or `(height, width)`, as `+size`; None: the
            data set's own, or 64.

    Returns:
        Dataset, whose `name` is `name`.

    Raises:
        ValueError: the name is not known, a change does not fit the data set, the file
            is unusable, or the data set does not come in this size.
        OSError: the file is missing, or a download failed.
    """
    parsed = parse_data_name(name)
    options = [change for change in parsed.changes if change[0] in SOURCE_OPTIONS]
    dataset = open_source(parsed.source, options, image_size)
    for word, value in parsed.changes:
        if word not in SOURCE_OPTIONS:
            dataset = changed(dataset, word, value)
    if parsed.changes:
        dataset.name = str(name)
    return dataset


@dataclass(frozen=True)
class DataName:
    """A name taken apart.

    Attributes:
        source: str, such as "dsprites" or "images:DIR".
        changes: tuple of `(word, value)` in their order; value is None without a `=`.
    """

    source: str
    changes: tuple


def parse_data_name(name):
    """Takes a data set's name apart.

    Args:
        name: str.

    Returns:
        DataName.

    Raises:
        ValueError: a change that is not known, stands twice where it cannot, or both
            +train and +validation.
    """
    text = str(name)
    if len(text) > _LONGEST_NAME:
        raise InvalidValue(
            f"A data set's name may have {_LONGEST_NAME:,} letters at most; received "
            f"{len(text):,}: {text[:40]!r} … Name a source, see `kbvae data`."
        )
    kind, colon, _ = text.partition(":")
    is_path = bool(colon) and kind in PATH_SOURCES
    if not is_path:
        _require_no_bare_path(text)
    end = _path_end(text, len(kind) + 1) if is_path else _next_plus(text, 0)
    source, changes = text[:end], []
    while end < len(text):
        change, end = _change_at(text, end + 1)
        changes.append(change)
    _require_compatible(text, [word for word, _ in changes])
    return DataName(source, tuple(changes))


def picture_options(name):
    """How a name asks for pictures to be read, for a picture that joins its images.

    Args:
        name: str, such as "images:DIR+range=0:4095".

    Returns:
        dict, arguments of `read_image_file`.
    """
    return {
        SOURCE_OPTIONS[word]: OPTION_VALUES[word](value)
        for word, value in parse_data_name(name).changes
        if word in _OF_PICTURES
    }


def file_name_of(name):
    """A data set's name as a file may be called: letters, digits and hyphens."""
    plain = re.sub(r"[\W_]+", "-", str(name)).strip("-")
    return plain[:_LONGEST_FILE_NAME].strip("-") or "data"


def paths_in(name):
    """The files and folders that a data set's name names, those that exist.

    Args:
        name: str, as for `load`; None has none.

    Returns:
        list of str.
    """
    if name is None:
        return []
    parsed = parse_data_name(name)
    words = [parsed.source.partition(":")[2], *(value for _, value in parsed.changes)]
    paths = [os.path.expanduser(word) for word in words if word]
    return [path for path in paths if "\0" not in path and os.path.exists(path)]


def _next_plus(text, start):
    place = text.find("+", start)
    return len(text) if place < 0 else place


def _path_end(text, start):
    ends = [*(m.start() for m in re.finditer(r"\+", text)), len(text)]
    for end in reversed([end for end in ends if end > start]):
        if os.path.exists(os.path.expanduser(text[start:end])):
            return end
    known = _KNOWN_CHANGE.search(text, start)
    return known.start() if known else len(text)


def _require_no_bare_path(text):
    """Raises if a path stands where a source is to stand before it."""
    source = text[: _next_plus(text, 0)]
    if is_source(source):
        return
    end = _path_end(text, 0)
    path = os.path.expanduser(text[:end])
    if os.path.isdir(path):
        what, advice = "the path of a folder", f"Write images:{text}"
    elif os.path.exists(path):
        what, advice = "the path of a file", _advice_on_file(text, text[:end])
    elif _looks_like_a_path(source):
        what = "a path, and nothing is there"
        advice = f"Correct it, and write images:{text} for a folder of pictures"
    else:
        return
    raise InvalidValue(
        "A data set's name must begin with its source, as images:DIR for a folder of "
        f"pictures or array:FILE.npy; received {text!r}, {what}. {advice}."
    )


def _looks_like_a_path(source):
    kind, colon, _ = source.partition(":")
    is_drive = len(kind) == 1
    has_steps = source.startswith("~") or "/" in source or "\\" in source
    return has_steps and (is_drive or not colon)


def _advice_on_file(text, path):
    source = _SOURCES_OF_FILES.get(os.path.splitext(path)[1].lower())
    if source is not None:
        return f"Write {source}:{text}"
    kind = mimetypes.guess_type(path)[0] or ""
    if kind.startswith("image/"):
        return f"Write images:{os.path.dirname(path) or '.'} for its folder"
    return "See `kbvae data` for what is read"


def _change_at(text, start):
    """The change that begins at `start`, and where it ends."""
    word = re.match(r"[^=+]*", text[start:])[0]
    if word not in CHANGE_WORDS:
        close = difflib.get_close_matches(word.lower()[:40], CHANGE_WORDS, n=1)
        advice = f"Did you mean +{close[0]}?" if close else "See `kbvae data`."
        raise InvalidValue(
            f"A change must be one of {', '.join(f'+{w}' for w in CHANGE_WORDS)}; "
            f"received {printable(repr(f'+{word}'), 100)} in "
            f"{printable(repr(text), 300)}. {advice}"
        )
    start += len(word)
    if text[start : start + 1] != "=":
        return (word, None), start
    start += 1
    end = (_path_end if word == "background" else _next_plus)(text, start)
    return (word, text[start:end]), end


def _require_compatible(text, words):
    twice = [word for word in SINGLE_CHANGES if words.count(word) > 1]
    if twice:
        raise InvalidValue(
            f"A data set's name may hold +{twice[0]} once; received {text!r}. "
            "Leave one of them out."
        )
    if "train" in words and "validation" in words:
        raise InvalidValue(
            "A data set's name may hold +train or +validation, which have no image in "
            f"common; received {text!r}. Name one of the two."
        )
