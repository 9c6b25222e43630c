"""What the picture files of a folder are, found out once: readable, grey or colour."""

import collections
import contextlib
import hashlib
import json
import os
import pathlib
from typing import NamedTuple

import numpy as np

from keras_bvae.datasets.own.image_file import decoded_page, open_picture
from keras_bvae.datasets.own.picture_files import passed_over_in_words
from keras_bvae.datasets.own.picture_opening import PictureRefused, may_be_cut_short
from keras_bvae.datasets.own.picture_options import AS_THEY_ARE
from keras_bvae.datasets.own.picture_pages import is_film, turned_pages
from keras_bvae.datasets.own.picture_sample import look_at_ranges, look_at_some
from keras_bvae.datasets.own.pixel_depth import Depth, depth_of
from keras_bvae.datasets.storage.cache_folder import default_cache_folder
from keras_bvae.errors import InvalidValue
from keras_bvae.files.json_file import read_json
from keras_bvae.files.whole_file import whole_file

# Their channels are one and the same brightness.
GREY_MODES = ("1", "L", "LA", "La", "I", "F")
# Raised whenever a survey would find something else in the same files.
SURVEY_VERSION = 2
MOST_NAMED = 3


class Survey(NamedTuple):
    """What was found.

    Attributes:
        has_colour: bool, whether a readable file has a mode that can show colour. An
            RGB picture of grey things has.
        unreadable: dict, name of a file to the reason why it cannot be read.
        pages: dict, name of a file that is a stack to the list of its pages' numbers.
        films: int, how many files are animations.
        ranges: dict, `Depth` to the values of black and white in pictures of it, where
            those are others than each file tells.
        doubt: str, why the values of black and white are not to be known; else "".
        oddity: str, what is strange about the images, such as all alike; else "".
    """

    has_colour: bool
    unreadable: dict
    pages: dict
    films: int
    ranges: dict
    doubt: str
    oddity: str


def survey(folder, files, decode=False, progress=None, options=AS_THEY_ARE):
    """Looks at the header of each file, or reads all of it, and at some pictures.

    What was found is kept in the cache folder until a file changes.

    Args:
        folder: str or path.
        files: names relative to it.
        decode: whether to read the pixels too, which alone tells a file that is cut
            short.
        progress: function called as `progress(done, total)`, or None.
        options: `PictureOptions`.

    Returns:
        Survey.
    """
    version = f"{SURVEY_VERSION} {options!r} {version_of_folder(folder, files)}"
    kept = _cache_file(folder, decode)
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        found = read_json(kept, "A survey")
        if found["version"] == version:
            return _as_survey(found, set(files))
    result = _look_at(pathlib.Path(folder), files, decode, progress, options)
    # Without a place for it, it is found out again next time.
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(kept) as part:
            ranges = [[*depth, pair] for depth, pair in result.ranges.items()]
            contents = {**result._asdict(), "version": version, "ranges": ranges}
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
    if isinstance(error, PictureRefused):
        return error.reason
    reason = error.__cause__ or error
    if isinstance(reason, FileNotFoundError):
        return "there is nothing behind the link"
    text = getattr(reason, "strerror", None) or str(reason)
    lines = text.splitlines() or [type(reason).__name__]
    return lines[0].replace(str(path), "the file")


def unreadable_in_words(unreadable, consequence=""):
    """Such as "2 files cannot be read (a.png: no image, b.jpg: no image)".

    Args:
        unreadable: dict of `Survey`, not empty.
        consequence: str, what follows the verb.
    """
    count = "1 file" if len(unreadable) == 1 else f"{len(unreadable):,} files"
    first = list(unreadable.items())[:MOST_NAMED]
    listed = ", ".join(f"{name}: {reason}" for name, reason in first)
    more = ", …" if len(unreadable) > MOST_NAMED else ""
    named = (listed + more).replace("\n", "\\n")
    return f"{count} cannot be read{consequence} ({named})"


def worth_telling(passed_over, seen):
    """Yields what is worth a warning, in words.

    Args:
        passed_over: dict of `FoundPictures`.
        seen: `Survey`.
    """
    if passed_over:
        yield f"left out: {passed_over_in_words(passed_over)}."
    if seen.films:
        files = "1 animation" if seen.films == 1 else f"{seen.films:,} animations"
        yield f"of {files} only the first picture is read."
    if seen.oddity:
        yield seen.oddity


def _as_survey(found, files):
    """A kept survey, taken apart; an error where it is none that we wrote."""
    ranges = {}
    for kind, declared, significant, pair in found["ranges"]:
        depth = Depth(str(kind), declared and tuple(map(float, declared)), significant)
        ranges[depth] = tuple(map(float, pair))
    result = Survey(
        **{**{name: found[name] for name in Survey._fields}, "ranges": ranges}
    )
    kinds = {"has_colour": bool, "films": int, "doubt": str, "oddity": str}
    is_sound = (
        all(type(getattr(result, name)) is kind for name, kind in kinds.items())
        and result.unreadable.keys() <= files
        and result.pages.keys() <= files
        and all(isinstance(reason, str) for reason in result.unreadable.values())
        and all(
            len(pages) > 1 and all(type(page) is int and page >= 0 for page in pages)
            for pages in result.pages.values()
        )
    )
    if not is_sound:
        raise InvalidValue("another wrote it")
    return result


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


def _look_at(folder, files, decode, progress, options):
    looks, unreadable = {}, {}
    # Most files look the same: one object for all of them, else Python's memory is
    # searched for garbage meanwhile, which takes as long as the files.
    known = {}
    for done, name in enumerate(files, 1):
        # Pillow's readers fail in many ways on bytes that are no picture.
        try:
            look = _look_at_file(os.path.join(folder, name), decode, options)
            looks[name] = known.setdefault(look, look)
        except Exception as error:
            unreadable[name] = why_unreadable(error, folder / name)
        if progress is not None:
            progress(done, len(files))
    places = [(name, page) for name, (pages, *_) in looks.items() for page in pages]
    depths = collections.defaultdict(list)
    for name, (pages, found, *_) in looks.items():
        for page, depth in zip(pages, found, strict=True):
            if depth is not None:
                depths[depth].append((name, page))
    has_colour = any(has_colour for *_, has_colour, _ in looks.values())
    ranges, doubt = look_at_ranges(folder, depths, options)
    oddity = ""
    if not doubt:
        channels = options.channels or (3 if has_colour else 1)
        oddity = look_at_some(folder, places, channels, ranges, options)
    return Survey(
        has_colour=has_colour,
        unreadable=unreadable,
        pages={n: list(pages) for n, (pages, *_) in looks.items() if len(pages) > 1},
        films=sum(is_film for *_, is_film in looks.values()),
        ranges=ranges,
        doubt=doubt,
        oddity=oddity,
    )


def _look_at_file(path, decode, options):
    """Its pages' numbers, the `Depth` of each, any colour, whether it is a film."""
    pages, depths, has_colour = [], [], False
    with open_picture(path, options.max_pixels) as image:
        film = is_film(image)
        # Decoding alone tells for certain, and takes long: only where it seems so.
        decode = decode or may_be_cut_short(image)
        for page in turned_pages(image, path, options.max_pixels):
            pages.append(page)
            depths.append(depth_of(image))
            has_colour |= _has_colour(image)
            if decode:
                decoded_page(image, path, 3 if has_colour else 1, options)
    return tuple(pages), tuple(depths), has_colour, film


def _has_colour(image):
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
