"""Numbers as shades and as text, and the ink that can be read on a shade."""

import math

import numpy as np

from keras_bvae.pictures.sheets.page import PAPER

# One hue whose lightness falls by the same 40 of L* from each colour to the next: it
# reads the same in greyscale and with every kind of colour blindness.
_SHADES = np.array([PAPER, (98, 145, 196), (12, 44, 100)], dtype=float)
# Pure, where the page has softer ones: on the middle shades nothing else reaches 4.5:1.
_NUMBER_COLORS = ((0, 0, 0), (255, 255, 255))


def shade(value, largest):
    """The colour of a value: paper at 0, darkest at `largest` and above; NaN is paper.

    Args:
        value: float.
        largest: float above 0.

    Returns:
        tuple of three ints, RGB.
    """
    depth = 0.0 if math.isnan(value) else min(max(value / largest, 0.0), 1.0)
    stops = np.linspace(0, 1, len(_SHADES))
    return tuple(round(np.interp(depth, stops, channel)) for channel in _SHADES.T)


def number_color(background):
    """Black or white, whichever has the larger contrast to an RGB colour.

    Source: WCAG 2.2, contrast ratio and relative luminance.
    """
    return max(_NUMBER_COLORS, key=lambda color: _contrast(color, background))


def number_text(value):
    """A number as a cell prints it: two decimals, few digits if large, "-" for NaN."""
    if math.isnan(value):
        return "-"
    # Adding 0.0 turns the -0.0 that rounding can leave into 0.0.
    return f"{round(float(value), 2) + 0.0:.2f}" if value < 1e4 else f"{value:.1e}"


def _contrast(first, second):
    lower, higher = sorted((_luminance(first), _luminance(second)))
    return (higher + 0.05) / (lower + 0.05)


def _luminance(color):
    parts = np.array(color) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
