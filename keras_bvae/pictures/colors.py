"""The colours of every picture: ink and paper, categories, and shades of a value.

Each is a tuple of three ints from 0 to 255, or `#rrggbb` where Matplotlib takes it.
"""

import math

import numpy as np

# Dark ink on a light sheet. Grey for what is secondary still has a contrast of 4.5:1.
# The accent is the orange that every kind of colour blindness tells from black, white
# and grey (Okabe & Ito 2008).
PAPER = (250, 250, 248)
INK = (34, 34, 34)
FAINT_INK = (112, 112, 112)
RULE = (214, 214, 210)
ACCENT = (230, 159, 0)

# Okabe & Ito 2008: told apart with every kind of colour blindness. Their yellow is
# left out: as a line it cannot be seen on paper.
CATEGORY_COLORS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#E69F00",
    "#000000",
)

# One hue whose lightness falls by the same 40 of L* from each colour to the next: it
# reads the same in greyscale and with every kind of colour blindness.
_SHADES = np.array([PAPER, (98, 145, 196), (12, 44, 100)], dtype=float)
# Pure, where sheets have softer ones: on middle shades nothing else reaches 4.5:1.
_NUMBER_COLORS = ((0, 0, 0), (255, 255, 255))


def color_of(number):
    """The colour of a category or a run, `#rrggbb`; they repeat after seven."""
    return CATEGORY_COLORS[number % len(CATEGORY_COLORS)]


def hexadecimal(rgb):
    """A colour as Matplotlib takes it.

    Args:
        rgb: tuple of three ints, 0 … 255.

    Returns:
        str, `#rrggbb`.
    """
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def rgb_of(color):
    """A colour as a sheet takes it; `hexadecimal` backwards.

    Args:
        color: str, `#rrggbb`.

    Returns:
        tuple of three ints, 0 … 255.
    """
    return tuple(int(color[at : at + 2], 16) for at in (1, 3, 5))


def shade(value, largest):
    """The colour of a value: paper at 0, darkest at `largest` and above; NaN is paper.

    Args:
        value: float.
        largest: float above 0.

    Returns:
        tuple of three ints, 0 … 255.
    """
    depth = 0.0 if math.isnan(value) else min(max(value / largest, 0.0), 1.0)
    stops = np.linspace(0, 1, len(_SHADES))
    return tuple(round(np.interp(depth, stops, channel)) for channel in _SHADES.T)


def number_color(background):
    """Black or white, whichever has the larger contrast to a colour.

    Args:
        background: tuple of three ints, 0 … 255.

    Returns:
        tuple of three ints, 0 … 255.

    Source: WCAG 2.2, contrast ratio and relative luminance.
    """
    return max(_NUMBER_COLORS, key=lambda color: _contrast(color, background))


def _contrast(first, second):
    lower, higher = sorted((_luminance(first), _luminance(second)))
    return (higher + 0.05) / (lower + 0.05)


def _luminance(color):
    parts = np.array(color) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
