"""What the picture files of a folder are, found out once: readable, grey or colour."""

import contextlib
import hashlib
import json
import os
import pathlib
import re
from typing import NamedTuple

import numpy as np
from PIL import Image

from keras_bvae.datasets.own.image_file import decoded_picture
from keras_bvae.datasets.storage.cache_folder import default_cache_folder
from keras_bvae.files.whole_file import whole_file

# Their channels are one and the same brightness.
GREY_MODES = ("1", "L", "LA", "La", "I", "F")
# Pillow tells these by their headers, and leaves the pixels to other programs.
NOT_READ_BY_PILLOW = {"BUFR", "EPS", "GRIB", "HDF5", "MPEG", "WMF"}
# Raised whenever a survey would find something else in the same files.
SURVEY_VERSION = 1


class Survey(NamedTuple):
    """What was found.

    Attributes:
        has_colour: bool, whether a readable file has a mode that can show colour. An
            RGB picture of grey things has.
        unreadable: dict, name of a file to the reason why it cannot be read.
    """

    has_colour: bool
    unreadable: dict


def picture_files(folder):
    """The names of the pictures in a folder and all below it, in natural order.

    Pictures are files with an ending that Pillow reads; hidden files and folders are
    passed over. "cat2.png" comes before "cat10.png", whatever the system's order is.

    Args:
        folder: str or path.

    Returns:
        List of str, relative to the folder, with forward slashes.

    Raises:
        OSError: the folder or one below it cannot be listed.
    """
    endings = _picture_endings()
    found = []
    for parent, folders, names in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not name.startswith(".")]
        below = pathlib.PurePath(os.path.relpath(parent, folder))
        found += [
            (below / name).as_posix()
            for name in names
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in endings
        ]
    return sorted(found, key=_natural_order)


def survey(folder, files, decode=False, progress=None):
    """Looks at the header of each file, or reads all of it.

    What was found is kept in the cache folder until a file changes.

    Args:
        folder: str or path.
        files: names relative to it.
        decode: whether to read the pixels too, which alone tells a file that is cut
            short.
        progress: function called as `progress(done, total)`, or None.

    Returns:
        Survey.
    """
    version = f"{SURVEY_VERSION} {version_of_folder(folder, files)}"
    kept = _cache_file(folder, decode)
    try:
        found = json.loads(kept.read_text(encoding="utf-8"))
        if found["version"] == version:
            return Survey(found["has_colour"], found["unreadable"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # nothing there, or nothing that we wrote
    result = _look_at(pathlib.Path(folder), files, decode, progress)
    # Without a place for it, it is found out again next time.
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(kept) as part:
            contents = {"version": version, **result._asdict()}
            part.write_text(json.dumps(contents), encoding="utf-8")
    return result


def version_of_folder(folder, files):
    """16 characters that change when a file does: of names, sizes and times."""
    digest = hashlib.sha256()
    for name in files:
        entry = (name, *_size_and_time(os.path.join(folder, name)))
        digest.update(f"{entry!r}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()[:16]


def why_unreadable(error, path):
    """What a failure to read the picture at `path` says, in a few words."""
    reason = error.__cause__ or error
    if isinstance(reason, FileNotFoundError):
        return "there is nothing behind the link"
    if type(reason).__name__ == "UnidentifiedImageError":
        return "no image"
    lines = str(reason).splitlines() or [type(reason).__name__]
    return lines[0].replace(str(path), "the file")


def _picture_endings():
    endings = Image.registered_extensions()  # which also fills Image.OPEN
    readable = set(Image.OPEN) - NOT_READ_BY_PILLOW
    return {ending for ending, kind in endings.items() if kind in readable}


def _natural_order(name):
    """Digits as numbers; the name itself last, for "1.png" beside "01.png"."""
    parts = re.split(r"(\d+)", name)
    return [
        int(part) if place % 2 else part.lower() for place, part in enumerate(parts)
    ], name


def _raise(error):
    raise error


def _cache_file(folder, decode):
    identity = f"{os.path.realpath(folder)} {'pixels' if decode else 'headers'}"
    digest = hashlib.sha256(identity.encode(errors="surrogateescape")).hexdigest()
    return default_cache_folder() / f"survey_{digest[:16]}.json"


def _size_and_time(path):
    try:
        state = os.stat(path)
    except OSError:  # a link to nothing: an unreadable picture, like others
        return (None, None)
    return state.st_size, state.st_mtime_ns


def _look_at(folder, files, decode, progress):
    has_colour, unreadable = False, {}
    for done, name in enumerate(files, 1):
        try:
            has_colour |= _has_colour(folder / name)
            if decode:
                decoded_picture(folder / name, 3)
        # Pillow's readers fail in many ways on bytes that are no picture.
        except Exception as error:
            unreadable[name] = why_unreadable(error, folder / name)
        if progress is not None:
            progress(done, len(files))
    return Survey(has_colour, unreadable)


def _has_colour(path):
    with Image.open(path) as image:
        if image.mode in ("P", "PA"):
            return _has_colours(image.palette)
        return not image.mode.startswith(GREY_MODES)


def _has_colours(palette):
    """Whether red, green and blue differ in an entry of a palette, used or not."""
    entries = np.frombuffer(palette.palette, np.uint8)
    # Such as "RGB"; "BGRX" in BMP; "RGB;L", which is all of the red first, in TIFF.
    order, _, all_of_one_first = (palette.rawmode or palette.mode).partition(";")
    if all_of_one_first:
        entries = entries.reshape(len(order), -1).T
    red, green, blue = entries.reshape(-1, len(order)).T[
        [order.index(c) for c in "RGB"]
    ]
    return not (np.array_equal(red, green) and np.array_equal(green, blue))
