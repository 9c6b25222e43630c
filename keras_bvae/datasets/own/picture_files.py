"""Which files of a folder are pictures, and how many others were passed over."""

import collections
import os
import re
from typing import NamedTuple

from PIL import Image

from keras_bvae.datasets.own.heic import (
    ADVICE,
    HEIC_ENDINGS,
    has_heic_reader,
    is_heic,
)
from keras_bvae.datasets.own.picture_opening import FORMATS, begins_like_one
from keras_bvae.errors import InvalidValue, NotAFolder, Unusable, printable
from keras_bvae.files.reading import open_file

# What lies beside pictures and is none: not worth a word.
_COMPANIONS = {
    *(".txt", ".md", ".rst", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".yaml"),
    *(".yml", ".toml", ".ini", ".cfg", ".log", ".html", ".htm", ".url", ".db"),
    *(".py", ".ipynb", ".sh", ".xmp", ".aae", ".lnk", ".bib", ".sha256", ".md5"),
}
_PASSED_FOLDERS = ("__MACOSX",)
_MOST_NAMED = 6
_SPECIAL = "special (pipe, socket or device)"
_CIRCLE = "linking back to where they are"


class FoundPictures(NamedTuple):
    """What lies in a folder and all below it.

    Attributes:
        files: list of str, the names of pictures relative to the folder, with forward
            slashes, in natural order.
        passed_over: dict, a kind of other files, such as ".heic", to their number.
    """

    files: list
    passed_over: dict


def find_pictures(folder):
    """The pictures in a folder and all below it.

    Pictures are files with an ending of a format that we read, and those without an
    ending that begin like one. Links are followed, each real folder is entered once:
    where it lies, if that is below the folder, else by the first link in natural order.
    Hidden files and folders are passed over, and so is what accompanies pictures, such
    as texts; what else is passed over is counted. "cat2.png" comes before "cat10.png",
    whatever the system's order is.

    Args:
        folder: str or path.

    Returns:
        FoundPictures.

    Raises:
        OSError: the folder or one below it cannot be listed.
    """
    endings = _picture_endings()
    files, passed_over = [], collections.Counter()
    # A link to a folder around this one would bring all that lies beside it.
    around = set(_ancestors(folder))
    entered = around - {_identity(folder)}
    starts = [""]
    while starts:
        start, links = starts.pop(0), []
        if start and _identity(os.path.join(folder, start)) in around:
            passed_over[_CIRCLE] += 1
            continue
        for below, entry in _walked(folder, start, entered):
            name = f"{below}/{entry.name}" if below else entry.name
            if entry.is_symlink() and os.path.isdir(entry.path):
                links.append(name)
                continue
            kind = _kind(entry, endings)
            if kind is True:
                files.append(name)
            elif kind:
                passed_over[kind] += 1
        starts += sorted(links, key=natural_order)
    return FoundPictures(sorted(files, key=natural_order), dict(passed_over))


def require_pictures(folder):
    """The pictures of a folder: see `find_pictures`.

    Raises:
        NotAFolder: there is none of this name.
        Unusable: it cannot be listed, or one below it.
        InvalidValue: it holds no pictures.
    """
    if not os.path.isdir(folder):
        raise NotAFolder(
            f"`images:` must be followed by a folder that exists; received {folder}. "
            "Check the path."
        )
    try:
        found = find_pictures(folder)
    except OSError as error:
        raise Unusable(
            f"A folder of pictures must be readable; received {folder}, where "
            f"{error.filename} is not ({error.strerror}). Change its rights."
        ) from error
    if not found.files:
        others = passed_over_in_words(found.passed_over)
        raise InvalidValue(
            "A folder of pictures must hold some, such as PNG or JPEG files; received "
            f"{folder}, which holds none, nor do the folders in it"
            f"{f' (passed over {others})' if others else ''}. Check the path."
        )
    return found


def passed_over_in_words(passed_over):
    """Such as "6 .heic, 2 without an ending", with what to do; "" for nothing.

    Args:
        passed_over: dict of `FoundPictures`.
    """
    if not passed_over:
        return ""
    most = sorted(passed_over.items(), key=lambda pair: (-pair[1], pair[0]))
    listed = ", ".join(f"{count:,} {kind}" for kind, count in most[:_MOST_NAMED])
    rest = sum(count for _, count in most[_MOST_NAMED:])
    text = printable(listed, 300) + (f", {rest:,} others" if rest else "")
    if any(kind.startswith(HEIC_ENDINGS) for kind in passed_over):
        text += f"; HEIC is read after {ADVICE}"
    return text


def natural_order(name):
    """Digits as numbers; the name itself last, for "1.png" beside "01.png"."""
    parts = re.split(r"(\d+)", name)
    return [
        int(part) if place % 2 else part.lower() for place, part in enumerate(parts)
    ], name


def _walked(folder, start, entered):
    """Yields `(below, entry)` of links and of what is no folder, in real folders."""
    left = [start]
    while left:
        below = left.pop()
        path = os.path.join(folder, below)
        if _identity(path) in entered:
            continue
        entered.add(_identity(path))
        with os.scandir(path) as scanned:
            entries = [entry for entry in scanned if not entry.name.startswith(".")]
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                yield below, entry
            elif entry.name not in _PASSED_FOLDERS:
                left.append(f"{below}/{entry.name}" if below else entry.name)


def _kind(entry, endings):
    """True for a picture; the kind of what is passed over; "" not worth a word."""
    ending = os.path.splitext(entry.name)[1].lower()
    is_link = entry.is_symlink()
    if not (os.path.isfile(entry.path) if is_link else entry.is_file()):
        # A link to nothing is a picture that cannot be read, and is told of as one.
        return _SPECIAL if os.path.exists(entry.path) else ending in endings
    if ending in endings:
        return True
    if ending in _COMPANIONS:
        return ""
    if ending and not ending[1:].isdecimal():
        return ending
    return _kind_by_content(entry.path)


def _kind_by_content(path):
    """Of a file without an ending, by its first bytes."""
    try:
        with open_file(path) as file:
            begin = file.read(16)
    except OSError:
        return "without an ending"
    if is_heic(begin):
        return True if has_heic_reader() else ".heic"
    return True if begins_like_one(begin) else ""


def _picture_endings():
    endings = Image.registered_extensions()  # which also fills Image.OPEN
    readable = set(FORMATS) & set(Image.OPEN)
    found = {ending for ending, kind in endings.items() if kind in readable | {"MPO"}}
    return found | set(HEIC_ENDINGS) if has_heic_reader() else found


def _identity(path):
    state = os.stat(path)
    return state.st_dev, state.st_ino


def _ancestors(folder):
    """Identities of a folder and of those around it."""
    path = os.path.realpath(folder)
    while True:
        yield _identity(path)
        parent = os.path.dirname(path)
        if parent == path:
            return
        path = parent
