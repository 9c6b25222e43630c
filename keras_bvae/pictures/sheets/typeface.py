"""The letters of every picture: one font, its sizes, and how much room a text takes.

DejaVu Sans, which comes with Matplotlib: it has Greek, and a text is as wide in a PNG
as in the Matplotlib figure of the same sheet.
"""

from functools import lru_cache
from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font
from PIL import ImageFont

TITLE_SIZE = 18
LABEL_SIZE = 14
SMALL_SIZE = 12
CAPITAL_HEIGHT = 0.729  # of the size
_MISSING = "?"


def text_width(text, size=LABEL_SIZE):
    """Pixels that one line of text takes, rounded up."""
    return int(font(size).getlength(printable(text)) + 0.999)


def line_height(size=LABEL_SIZE):
    """Pixels from the top of one line to the top of the next."""
    return round(1.35 * size)


def shortened(text, width, size=LABEL_SIZE):
    """The text, or as much of it as fits into `width` pixels with … in its middle.

    The ends stay, for a path names its run at the end and its folder at the start.
    """
    text = printable(text)
    kept = len(text)
    short = text
    while kept > 2 and text_width(short, size) > width:
        kept -= 1
        short = text[: (kept + 1) // 2] + "…" + text[-(kept // 2) :]
    return short


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
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(shortened(line, width, size) for line in lines)


def printable(text):
    """The text with ? for what the font has no letter for, line breaks included."""
    known = _letters()
    return "".join(letter if ord(letter) in known else _MISSING for letter in str(text))


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
