"""The grammar of a data set's name: SOURCE+CHANGE+CHANGE=VALUE.

A source is a word, `digits`, or a word and what it needs, `images:DIR`. Paths may hold
a `+` themselves, so where one ends is a question to the disk before it is one to the
words: the longest path that exists is meant; where none exists, what stands before the
first known change.
"""

import difflib
import os
import re
from dataclasses import dataclass

from keras_bvae.datasets.catalog import CHANGES, NAMES

CHANGE_WORDS = tuple(re.match(r"\+([a-z-]+)", form)[1] for form in CHANGES)
# Those that say which path, folder or file, in place of a name.
PATH_SOURCES = tuple(
    name.partition(":")[0] for name in NAMES if ":" in name and name != "tfds:NAME"
)
# Each at most once in a name.
_ONCE = ("size", "grey", "skip-corrupt", "train", "validation")
_KNOWN_CHANGE = re.compile(rf"\+(?:{'|'.join(CHANGE_WORDS)})(?=[=+]|$)")
# Leaves room for a suffix within the 255 bytes of most file systems.
_LONGEST_FILE_NAME = 60


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
    kind, colon, _ = text.partition(":")
    is_path = bool(colon) and kind in PATH_SOURCES
    end = _path_end(text, len(kind) + 1) if is_path else _next_plus(text, 0)
    source, changes = text[:end], []
    while end < len(text):
        change, end = _change_at(text, end + 1)
        changes.append(change)
    _require_compatible(text, [word for word, _ in changes])
    return DataName(source, tuple(changes))


def file_name_of(name):
    """A data set's name as a file may be called: letters, digits and hyphens."""
    plain = re.sub(r"[\W_]+", "-", str(name)).strip("-")
    return plain[:_LONGEST_FILE_NAME].strip("-") or "data"


def form_of(word):
    """How a change is written: "fix" gives "+fix=FACTOR:CLASS"."""
    return list(CHANGES)[CHANGE_WORDS.index(word)]


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


def _change_at(text, start):
    """The change that begins at `start`, and where it ends."""
    word = re.match(r"[^=+]*", text[start:])[0]
    if word not in CHANGE_WORDS:
        close = difflib.get_close_matches(word.lower(), CHANGE_WORDS, n=1)
        advice = f"Did you mean +{close[0]}?" if close else "See `kbvae data`."
        raise ValueError(
            f"A change must be one of {', '.join(f'+{w}' for w in CHANGE_WORDS)}; "
            f"received '+{word}' in {text!r}. {advice}"
        )
    start += len(word)
    if text[start : start + 1] != "=":
        return (word, None), start
    start += 1
    end = (_path_end if word == "background" else _next_plus)(text, start)
    return (word, text[start:end]), end


def _require_compatible(text, words):
    twice = [word for word in _ONCE if words.count(word) > 1]
    if twice:
        raise ValueError(
            f"A data set's name may hold +{twice[0]} once; received {text!r}. "
            "Leave one of them out."
        )
    if "train" in words and "validation" in words:
        raise ValueError(
            "A data set's name may hold +train or +validation, which have no image in "
            f"common; received {text!r}. Name one of the two."
        )
