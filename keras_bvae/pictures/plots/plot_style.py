"""The look of plots: the sheet's colours and letters, and where words go."""

import contextlib

import matplotlib
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, ListedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.optimize import isotonic_regression

from keras_bvae.pictures.colors import (
    CATEGORY_COLORS,
    FAINT_INK,
    INK,
    PAPER,
    RULE,
    color_of,
    hexadecimal,
)
from keras_bvae.pictures.sheets.typeface import in_lines, shortened

# Blue and brown of equal lightness on either side of paper: L* of 20, 60 and 98.
_DIVERGING = ("#0c2c64", "#6291c4", "#fafaf8", "#d98a2b", "#5a2400")
_POINTS = {"title": 13, "label": 9.5, "small": 8.5}
_LEFT = 0.08  # inches
_MOST_LINES = 16  # below a plot; more would leave no room for it
# Text is measured at this size in pixels: large, for less rounding.
_MEASURED = 100

_PAPER, _INK, _FAINT = (hexadecimal(color) for color in (PAPER, INK, FAINT_INK))
_SETTINGS = {
    "axes.edgecolor": _FAINT,
    "axes.facecolor": _PAPER,
    "axes.grid": True,
    "axes.labelcolor": _INK,
    "axes.labelsize": _POINTS["label"],
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": _POINTS["label"],
    "font.family": "DejaVu Sans",
    "font.size": _POINTS["label"],
    "grid.color": hexadecimal(RULE),
    "grid.linewidth": 0.6,
    "legend.fontsize": _POINTS["small"],
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "text.color": _INK,
    # A title or a factor's name is no formula, whatever dollar signs stand in it.
    "text.parse_math": False,
    "text.usetex": False,
    "xtick.color": _FAINT,
    "xtick.labelsize": _POINTS["small"],
    "ytick.color": _FAINT,
    "ytick.labelsize": _POINTS["small"],
}


def diverging_colors():
    """Colours from blue over paper to brown, for values on both sides of 0.

    Returns:
        matplotlib.colors.LinearSegmentedColormap; what has no value is light grey.
    """
    colors = LinearSegmentedColormap.from_list("blue_paper_brown", _DIVERGING)
    return colors.with_extremes(bad=hexadecimal(RULE))


def rising_colors():
    """Colours for values in an order: rising lightness, never as light as paper.

    Returns:
        matplotlib.colors.ListedColormap: viridis (Smith & van der Walt 2015), which
        every kind of colour blindness reads, without its yellow end.
    """
    return ListedColormap(matplotlib.colormaps["viridis"](np.linspace(0, 0.92, 256)))


def category_colors(count):
    """Colours for classes without an order: those of `color_of`, then paler ones.

    Args:
        count: int >= 1.

    Returns:
        matplotlib.colors.ListedColormap of `count` colours.
    """
    paper, colors = np.array(to_rgb(_PAPER)), []
    for number in range(count):
        pale = min(number // len(CATEGORY_COLORS) * 0.45, 0.7)
        colors.append((1 - pale) * np.array(to_rgb(color_of(number))) + pale * paper)
    return ListedColormap(colors)


def new_figure(width, height):
    """An empty figure in the style of the other pictures.

    It belongs to no window and to no global list: it goes when nobody holds it.

    Args:
        width, height: floats, inches.

    Returns:
        matplotlib.figure.Figure.
    """
    figure = Figure(
        figsize=(width, height), dpi=150, layout="constrained", facecolor=_PAPER
    )
    figure.get_layout_engine().set(w_pad=0.06, h_pad=0.06)
    return figure


@contextlib.contextmanager
def plot_style():
    """Makes everything that is drawn inside follow the style; nothing else changes."""
    with matplotlib.rc_context(_SETTINGS):
        yield


def fitting(text, inches, size="label"):
    """The text, or as much of it as fits, with … in its middle.

    Args:
        text: str.
        inches: float, how wide it may be.
        size: str, "title", "label" or "small".

    Returns:
        str.
    """
    return shortened(text, _measured(inches, size), _MEASURED)


def write_title(figure, title, *lines, legend=()):
    """Writes a title at the top left of a figure, and smaller lines below the plot.

    Args:
        figure: matplotlib.figure.Figure.
        title: str, may be empty; one that is too wide is shortened.
        *lines: str, each a line, or several if it is too wide; an empty one is left
            out.
        legend: sequence of str, what the colours of `color_of` are, below the title.
    """
    width = figure.get_size_inches()[0]
    free = width - 2 * _LEFT
    title = fitting(title, free, "title")
    places = {"x": _LEFT / width, "ha": "left"}
    # A handle and its gaps take half an inch.
    legend = [fitting(name, free - 0.5, "small") for name in legend]
    columns = _legend_columns(legend, width)
    # The layout keeps empty lines free for the legend.
    text = "\n".join([title] * bool(title) + [" "] * -(-len(legend) // columns))
    if text:
        figure.suptitle(text, fontsize=_POINTS["title"], color=_INK, **places)
    if legend:
        _draw_legend(figure, legend, columns, bool(title))
    parts = [
        part
        for line in filter(None, lines)
        for part in in_lines(line, _measured(free, "small"), _MEASURED)
    ]
    lines = "\n".join([*parts[:_MOST_LINES], *["…"] * (len(parts) > _MOST_LINES)])
    if lines:
        # `supxlabel` is the one further text that the layout makes room for; the
        # figure's own axes name theirs.
        figure.supxlabel(lines, fontsize=_POINTS["small"], color=_FAINT, **places)


def spread_apart(places, least_gap, low=0.0, high=1.0):
    """Moves places as little as can be so that no two are closer than a gap.

    Their order stays. Where there is no room for all, the gap shrinks.

    Args:
        places: array of float, shape `(n,)`, where each label would like to be.
        least_gap: float above 0, in the same unit.
        low, high: floats, the ends between which all must lie.

    Returns:
        NumPy array of float64, shape `(n,)`.
    """
    places = np.asarray(places, np.float64)
    if len(places) < 2:
        return np.clip(places, low, high)
    gap = min(least_gap, (high - low) / (len(places) - 1))
    order = np.argsort(places, kind="stable")
    offsets = gap * np.arange(len(places))
    # What is left without the gaps may only rise: least squares under that rule.
    wanted = isotonic_regression(places[order] - offsets).x
    moved = np.empty_like(places)
    moved[order] = np.clip(wanted, low, high - offsets[-1]) + offsets
    return moved


def _measured(inches, size):
    """A width in pixels, as text measures that is `_MEASURED` pixels high."""
    return inches * 72 / _POINTS[size] * _MEASURED


def _legend_columns(legend, width):
    longest = max(map(len, legend), default=0)
    return max(1, min(len(legend), int(width / (0.45 + 0.08 * longest))))


def _draw_legend(figure, legend, columns, has_title):
    width, height = figure.get_size_inches()
    below = _POINTS["title"] * (1.9 if has_title else 0.5) / 72
    drawn = figure.legend(
        [Line2D([], [], color=color_of(number)) for number in range(len(legend))],
        [str(number) for number in range(len(legend))],
        loc="upper left",
        bbox_to_anchor=(_LEFT / width, 1 - below / height),
        borderpad=0,
        borderaxespad=0,
        ncols=columns,
        handlelength=1.2,
        columnspacing=1.2,
    )
    # Given at once, a name that begins with _ would be left out.
    for text, name in zip(drawn.get_texts(), legend, strict=True):
        text.set_text(name)
    drawn.set_in_layout(False)
