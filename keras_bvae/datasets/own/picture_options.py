"""What a picture's file leaves open, and its owner says: black, white, ground, fit."""

import re
from dataclasses import dataclass

from keras_bvae.errors import InvalidValue
from keras_bvae.rules import is_finite, is_whole, require_one_of, require_whole

# What Pillow itself refuses: up to 1.5 GB to decode in colour.
MOST_PIXELS = 178_956_970
# What transparent parts are laid on.
GROUNDS = ("black", "white")
# What becomes of pictures of other proportions than are asked for: see `fitted`.
FITS = ("pad", "stretch", "crop")
# Grey, colour, colour with opacity.
CHANNELS = (1, 3, 4)
# What the folders are to be, behind `+folders=`.
FOLDERS = ("factor",)
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_RANGE = re.compile(f"({_NUMBER}):({_NUMBER})")
_SIZE = re.compile("([0-9]{1,18})[xX×]([0-9]{1,18})")


@dataclass(frozen=True)
class PictureOptions:
    """How pictures are read where there is a choice.

    Attributes:
        value_range: `(black, white)`, the values that become 0 and 255, others in
            proportion and what lies outside cut off; None: what the file says, else
            0 … 65,535 of whole numbers and 0 … 1 of others. Of 8 bits only a range
            within 0 … 255 is meant.
        on: str, one of `GROUNDS`: what transparent parts are laid on, and what is
            beside a picture that is padded.
        max_pixels: int, how many pixels a picture may have.
        fit: str, one of `FITS`: what becomes of a picture of other proportions.
        channels: int, one of `CHANNELS`, 4 with the opacity; None: 1 or 3, as files
            have them.

    Raises:
        ValueError: one of them is none.
    """

    value_range: tuple | None = None
    on: str = "black"
    max_pixels: int = MOST_PIXELS
    fit: str = "crop"
    channels: int | None = None

    def __post_init__(self):
        if self.value_range is not None:
            require_range(self.value_range)
            # Of lists too, and so that equal options are written in one way.
            low, high = map(float, self.value_range)
            object.__setattr__(self, "value_range", (low, high))
        require_one_of("`on`", self.on, GROUNDS)
        require_whole("max_pixels", self.max_pixels, least=1)
        require_one_of("`fit`", self.fit, FITS)
        if self.channels is not None:
            require_channels(self.channels)


# Every picture as its file says, on black.
AS_THEY_ARE = PictureOptions()


def require_range(value):
    """Raises unless a value is a pair of finite numbers, the first one smaller.

    Raises:
        InvalidValue: it is not.
    """
    is_pair = isinstance(value, tuple | list) and len(value) == 2
    if is_pair and all(map(is_finite, value)) and value[0] < value[1]:
        return
    raise InvalidValue(
        "`value_range` must be two finite numbers, the values of black and of white, "
        f"the first one smaller; received value_range={value!r}. Use (0, 4095) for 12 "
        "bits."
    )


def require_channels(channels, greyscale=False):
    """Raises unless images can have so many channels; None is any.

    Raises:
        InvalidValue: they cannot, or are to be greyscale too.
    """
    if channels is None:
        return
    if not is_whole(channels) or channels not in CHANNELS:
        raise InvalidValue(
            "`channels` must be 1 (grey), 3 (colour) or 4 (colour and opacity); "
            f"received channels={channels!r}. Leave it out for what the files have."
        )
    if greyscale and channels != 1:
        raise InvalidValue(
            "Images that are greyscale have one channel; received greyscale=True and "
            f"channels={channels} (in a name: +grey and +channels={channels}). Leave "
            "one out."
        )


def range_of_text(text):
    """The range that a name asks for by `+range=BLACK:WHITE`.

    Args:
        text: str, what stands behind the `=`, or None.

    Returns:
        `(black, white)`, of float.

    Raises:
        InvalidValue: it is no range.
    """
    found = _RANGE.fullmatch(text or "")
    values = tuple(map(float, found.groups())) if found else ()
    if values and all(map(is_finite, values)) and values[0] < values[1]:
        return values
    raise InvalidValue(
        "+range must be followed by the values of black and of white, the first one "
        f"smaller; received {_written('range', text)}. Write +range=0:4095."
    )


def ground_of_text(text):
    """The ground that a name asks for by `+on=`; else InvalidValue."""
    if text in GROUNDS:
        return text
    raise InvalidValue(
        f"+on must be followed by {' or '.join(GROUNDS)}; received "
        f"{_written('on', text)}. Write +on=white."
    )


def fit_of_text(text):
    """What a name asks for by `+fit=`; else InvalidValue."""
    return _one_of("fit", text, FITS)


def folders_of_text(text):
    """What a name asks for by `+folders=`; else InvalidValue."""
    return _one_of("folders", text, FOLDERS)


def channels_of_text(text):
    """The number that a name asks for by `+channels=`; else InvalidValue."""
    return int(_one_of("channels", text, tuple(map(str, CHANNELS)), "4"))


def max_pixels_of_text(text):
    """The number that a name asks for by `+max-pixels=`; else InvalidValue."""
    return _pixels("max-pixels", text, 400_000_000)


def size_of_text(text):
    """The size that a name asks for by `+size=`.

    Args:
        text: str, "64" or "96x64", which is 96 wide and 64 high; or None.

    Returns:
        int, the side of a square; or `(height, width)`.

    Raises:
        InvalidValue: it is none of these.
    """
    sides = _SIZE.fullmatch(text or "")
    width, height = map(int, sides.groups()) if sides else (0, 0)
    if sides and width and height:
        return width if width == height else (height, width)
    return _pixels("size", text, 64, ", or by WIDTHxHEIGHT")


def range_in_text(value_range):
    """A range as a name has it: (0.0, 4095.0) gives "0:4095"."""
    return ":".join(
        str(int(value)) if float(value).is_integer() else f"{value:.9g}"
        for value in value_range
    )


def _pixels(word, text, example, or_else=""):
    if re.fullmatch("[0-9]{1,18}", text or "") and int(text) > 0:
        return int(text)
    raise InvalidValue(
        f"+{word} must be followed by a number of pixels{or_else}; received "
        f"{_written(word, text)}. Write +{word}={example}."
    )


def _one_of(word, text, choices, example=None):
    if text in choices:
        return text
    *others, last = choices
    listed = f"{', '.join(others)} or {last}" if others else last
    raise InvalidValue(
        f"+{word} takes {listed}; received {_written(word, text)}. Write "
        f"+{word}={example or choices[0]}."
    )


def _written(word, text):
    return f"+{word}" if text is None else f"+{word}={text}"
