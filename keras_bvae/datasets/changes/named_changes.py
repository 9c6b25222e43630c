"""What each change in a data set's name does: word and value to a data set.

A line of `_TABLE` at the end of this file is all that a new one needs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from keras_bvae.datasets.changes.binary_variant import ColoredImages, NoisyImages
from keras_bvae.datasets.changes.changed_factors import (
    CorrelatedFactors,
    FixedFactor,
    HiddenFactor,
)
from keras_bvae.datasets.changes.textured_images import TexturedImages
from keras_bvae.errors import InvalidValue, printable
from keras_bvae.rules import is_finite

# What +train and +validation hold out unless they say.
SHARE = 0.1


@dataclass(frozen=True)
class Change:
    """What may follow a data set's name, as often as it makes sense, left to right.

    Attributes:
        form: str, how it is written: "+fix=FACTOR:CLASS".
        meaning: str, what it does, for lists.
        make: function `(dataset, word, value) -> Dataset`; or str, the argument by
            which a source's class is told, where a source sees to it itself.
        is_single: bool, whether a name may hold it once only.
    """

    form: str
    meaning: str
    make: Callable | str
    is_single: bool = False

    @property
    def word(self):
        """ "fix", of "+fix=FACTOR:CLASS"."""
        return re.match(r"\+([a-z-]+)", self.form)[1]


def changed(dataset, word, value):
    """A data set with one change made.

    Args:
        dataset: Dataset.
        word: str, "color" say: a change that no source sees to itself.
        value: str, what stands behind its `=`; None without one.

    Returns:
        Dataset.

    Raises:
        ValueError: the value is none of this change, or does not fit the data set.
        OSError: a file that it names is missing.
    """
    return _BY_WORD[word].make(dataset, word, value)


def form_of(word):
    """How a change is written: "fix" gives "+fix=FACTOR:CLASS"."""
    return _BY_WORD[word].form


def _color(dataset, word, value):
    _require_no_value(word, value)
    return ColoredImages(dataset)


def _noise(dataset, word, value):
    _require_no_value(word, value)
    return NoisyImages(dataset)


def _background(dataset, word, value):
    if value == "":
        raise _wrong_value(word, value)
    return TexturedImages(dataset, value)


def _hide(dataset, word, value):
    if not value:
        raise _wrong_value(word, value)
    return HiddenFactor(dataset, value)


def _fix(dataset, word, value):
    factor, _, number = (value or "").rpartition(":")
    if not factor or not _is_number(number):
        advice = f"CLASS is a number; `kbvae data {dataset.name}` shows the classes."
        raise _wrong_value(word, value, advice)
    return FixedFactor(dataset, factor, int(number))


def _correlate(dataset, word, value):
    parts = (value or "").split(":")
    sigma = _number(parts.pop())
    if len(parts) != 2 or sigma is None:
        raise _wrong_value(word, value)
    return CorrelatedFactors(dataset, *parts, sigma)


def _train(dataset, word, value):
    return dataset.split(*_share_and_seed(word, value))[0]


def _validation(dataset, word, value):
    return dataset.split(*_share_and_seed(word, value))[1]


def _share_and_seed(word, value):
    if value is None:
        return SHARE, 0
    share, _, seed = value.partition(":")
    share = _number(share)
    if share is None or not _is_number(seed or "0"):
        raise _wrong_value(word, value)
    return share, int(seed or 0)


def _is_number(text):
    """Whether a text is a whole number that Python reads: one of no endless digits."""
    return text.isdecimal() and len(text) <= 18


def _number(text):
    """A finite number, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if is_finite(number) else None


def _require_no_value(word, value):
    if value is not None:
        raise _wrong_value(word, value)


def _wrong_value(word, value, advice="`kbvae data` says what each change does."):
    form = form_of(word)
    received = f"+{word}" if value is None else f"+{word}={printable(value, 200)}"
    if "[" in form:
        advice = "What stands in [] may be left out."
    return InvalidValue(
        f"The change +{word} is written {form}; received {received}. {advice}"
    )


_TABLE = (
    Change("+color", "each sprite in a colour of its own", _color),
    Change("+noise", "white sprites on coloured noise", _noise),
    Change(
        "+background[=PICTURE]", "sprites on a texture, or on your picture", _background
    ),
    Change("+hide=FACTOR", "varies as before, but is no factor any more", _hide),
    Change("+fix=FACTOR:CLASS", "only the images of that class", _fix),
    Change(
        "+correlate=FACTOR:FACTOR:SIGMA",
        "drawn together in training; 0.2 is strong",
        _correlate,
    ),
    Change(
        "+train[=SHARE[:SEED]]",
        "without the held-out share: 0.1, by seed 0",
        _train,
        is_single=True,
    ),
    Change(
        "+validation[=SHARE[:SEED]]",
        "the share that +train holds out",
        _validation,
        is_single=True,
    ),
    Change(
        "+size=PIXELS|WxH",
        "one side, or 96x64, where there is a choice",
        "image_size",
        is_single=True,
    ),
    Change("+grey", "greyscale: images, array, tfds", "greyscale", is_single=True),
    Change(
        "+skip-corrupt",
        "without files that cannot be read: images",
        "skip_corrupt",
        is_single=True,
    ),
    Change(
        "+fit=pad|stretch|crop",
        "all of it, or its middle: images, array, tfds",
        "fit",
        is_single=True,
    ),
    Change(
        "+channels=1|3|4",
        "grey, colour, with opacity: images, array",
        "channels",
        is_single=True,
    ),
    Change(
        "+folders=factor",
        "its folders are a factor: images",
        "folders",
        is_single=True,
    ),
    Change(
        "+range=BLACK:WHITE",
        "what is black and white, as 0:4095: images",
        "value_range",
        is_single=True,
    ),
    Change(
        "+on=white",
        "transparent parts and padding are white",
        "on",
        is_single=True,
    ),
    Change(
        "+max-pixels=N",
        "pictures as large as that: images",
        "max_pixels",
        is_single=True,
    ),
    Change(
        "+as=series",
        "as images, table, series or volumes: array",
        "kind",
        is_single=True,
    ),
    Change(
        "+member=NAME",
        "which array of an .npz file: array",
        "member",
        is_single=True,
    ),
    Change(
        "+factors=COLUMN,…",
        "columns that are factors, not learned: table",
        "factors",
        is_single=True,
    ),
    Change(
        "+categorical=COLUMN,…",
        "columns of classes, learned as such: table",
        "categorical",
        is_single=True,
    ),
    Change("+drop=COLUMN,…", "without those columns: table", "drop", is_single=True),
    Change(
        "+window=ROWS",
        "rows are moments; as many make a series: table",
        "window",
        is_single=True,
    ),
    Change(
        "+stride=ROWS",
        "from window to window, else no overlap: table",
        "stride",
        is_single=True,
    ),
)
_BY_WORD = {change.word: change for change in _TABLE}
# What may follow a name, with what it does.
CHANGES = {change.form: change.meaning for change in _TABLE}
CHANGE_WORDS = tuple(_BY_WORD)
# Each at most once in a name.
SINGLE_CHANGES = tuple(change.word for change in _TABLE if change.is_single)
# The changes that a source sees to itself: what its class is told by each.
SOURCE_OPTIONS = {
    change.word: change.make for change in _TABLE if isinstance(change.make, str)
}
