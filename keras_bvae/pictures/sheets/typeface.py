"""The letters of every picture: one font, its sizes, and how much room a text takes.

DejaVu Sans, which comes with Matplotlib: it has Greek, and a text is as wide in a PNG
as in the Matplotlib figure of the same sheet.
"""

from bisect import bisect_left
from functools import lru_cache
from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font
from PIL import ImageFont

from keras_bvae import errors

TITLE_SIZE = 18
LABEL_SIZE = 14
SMALL_SIZE = 12
CAPITAL_HEIGHT = 0.729  # of the size
_MISSING = "?"
# More than the widest sheet has room for; of a longer text the ends alone are measured.
_MOST_LETTERS = 4000
# Kerning can make a text of one letter more the narrower one.
_KERNED = 3


def text_width(text, size=LABEL_SIZE):
    """Pixels that one line of text takes, rounded up."""
    return _width(printable(text), size)


def line_height(size=LABEL_SIZE):
    """Pixels from the top of one line to the top of the next."""
    return round(1.35 * size)


def shortened(text, width, size=LABEL_SIZE):
    """The text, or as much of it as fits into `width` pixels with … in its middle.

    The ends stay, for a path names its run at the end and its folder at the start.
    """
    text = printable(text)
    if len(text) <= 2 or _width(text, size) <= width:
        return text

    def is_too_wide(kept):
        return _width(_ends(text, kept), size) > width

    kept = 2 + bisect_left(range(3, len(text)), True, key=is_too_wide)
    more = range(min(kept + _KERNED, len(text) - 1), kept, -1)
    return _ends(text, next((n for n in more if not is_too_wide(n)), kept))


def in_two_lines(text, width, size=LABEL_SIZE):
    """The text in a tuple: whole, or broken near its middle if it is too wide.

    It is broken after a space, an underscore or a hyphen; without one it stays whole.
    """
    breaks = [at for at, letter in enumerate(text[:-1], 1) if letter in " _-"]
    if text_width(text, size) <= width or not breaks:
        return (text,)
    middle = min(breaks, key=lambda at: abs(at - len(text) / 2))
    return text[:middle].rstrip(), text[middle:]


def in_lines(text, width, size=LABEL_SIZE):
    """The text in a tuple of lines no wider than `width` pixels, broken at spaces.

    A word that is wider than that is shortened.
    """
    lines = [""]
    for word in _cut(str(text)).split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(shortened(line, width, size) for line in lines)


def printable(text):
    """The text as it can be drawn, in one line and of a bounded length.

    ? stands for what the font has no letter for, line breaks included; what no text may
    hold, such as a byte of a name that is not UTF-8, is an escape as `\\udcff`.
    """
    text = str(text)
    known = _letters()
    text = _cut(errors.printable(_cut(text), longest=len(text)))
    return "".join(letter if ord(letter) in known else _MISSING for letter in text)


@lru_cache
def font(size):
    """PIL.ImageFont.FreeTypeFont of so many pixels."""
    # Pillow's other engine may be missing, and places letters a little otherwise.
    return ImageFont.truetype(
        str(font_path()), size, layout_engine=ImageFont.Layout.BASIC
    )


@lru_cache
def font_path():
    """Path of the font's file."""
    return Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")


@lru_cache
def _letters():
    codes = FT2Font(str(font_path())).get_charmap()
    # The file has empty letters for line breaks and the like.
    return frozenset(code for code in codes if chr(code).isprintable())


def _width(text, size):
    return int(font(size).getlength(text) + 0.999)


def _ends(text, kept):
    """So many letters of a text, half of them from its end, around a …."""
    return text[: (kept + 1) // 2] + "…" + text[-(kept // 2) :]


def _cut(text):
    return text if len(text) <= _MOST_LETTERS else _ends(text, _MOST_LETTERS - 1)
