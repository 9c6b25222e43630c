"""Codes in the plane, a panel for each way of colouring them."""

from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Circle

from keras_bvae.pictures.colors import INK, PAPER, hexadecimal
from keras_bvae.pictures.plots.plot_style import (
    category_colors,
    fitting,
    new_figure,
    plot_style,
    rising_colors,
    write_title,
)
from keras_bvae.pictures.sheets.marks import as_pixels

# Beyond so many points in a panel a dot can hide another: hexagons instead.
MOST_DOTS = 20_000
# Without colours density is what there is to see, and dots hide it sooner.
MOST_PLAIN_DOTS = 2_000
# Classes that a scale can still name; of more without an order, their number is shown.
MOST_CATEGORIES = 14
_NAMED_IN_PLACE = 7
_FEWEST_HEXAGONS, _MOST_HEXAGONS = 15, 60  # across
# The prior's circles hold these shares of N(0, I) in two dimensions.
PRIOR_SHARES = (0.5, 0.95)
_COLUMNS = 3
_SINGLE, _SIDE = 4.6, 3.0  # inches of a panel's side: a single one, and one of several
_SCALE, _AROUND = 0.75, 0.9  # inches: below each panel; title and notes
_INK, _PAPER = hexadecimal(INK), hexadecimal(PAPER)


@dataclass(frozen=True)
class Coloring:
    """What the colours of a panel say.

    Attributes:
        name: str, the factor's.
        classes: int array, shape `(points,)`, from 0.
        labels: tuple of str, a name for each class.
        is_ordered: bool, whether the classes have an order: one scale from dark to
            light instead of a colour each.
    """

    name: str
    classes: np.ndarray
    labels: tuple
    is_ordered: bool

    @property
    def has_scale(self):
        """Whether colours follow the order: of many classes no others can be told."""
        return self.is_ordered or len(self.labels) > MOST_CATEGORIES


def code_map(plane, colorings=(), decoded=None, title="", lines=(), seed=0):
    """Plots codes in the plane, beside it what the decoder makes of the plane.

    Many points become hexagons: their colour is the density, the mean class of an
    ordered factor, or the most frequent class.

    Args:
        plane: CodePlane.
        colorings: sequence of Coloring, a panel each; none: one panel of density.
        decoded: None or array `(steps, steps, height, width, channels)`, as of
            `decoded_plane` between the ends of `reach_of(plane)`; a last panel.
        title: str, may be empty.
        lines: sequence of str, smaller, below the plot.
        seed: int, of the order in which dots are drawn, or one class would lie on top.

    Returns:
        matplotlib.figure.Figure; dots are pixels in a .pdf or .svg too.
    """
    count = max(len(colorings), 1) + (decoded is not None)
    columns = min(count, _COLUMNS)
    rows = -(-count // columns)
    side = _SINGLE if count <= 2 else _SIDE
    size = columns * side + 0.4, rows * (side + _SCALE) + _AROUND
    order = np.random.default_rng(seed).permutation(len(plane.points))
    with plot_style():
        figure = new_figure(*size)
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, coloring in zip(panels, colorings or (None,), strict=False):
            _draw_panel(figure, axes, plane, coloring, order, side)
        if decoded is not None:
            has_scales = bool(colorings) or is_hexagons(len(order), False)
            _draw_decoded(figure, panels[count - 1], plane, decoded, has_scales)
        for axes in panels[count:]:
            axes.set_axis_off()
        write_title(figure, title, *lines)
    return figure


def reach_of(plane):
    """The ends of both axes of a plane with a prior: the same for both.

    Args:
        plane: CodePlane.

    Returns:
        tuple of two floats, around all points and the middle of the prior.
    """
    reach = max(3.0, 1.05 * float(np.abs(plane.points).max()))
    return -reach, reach


def is_hexagons(count, has_colors):
    """Whether so many points are drawn as hexagons."""
    return count > (MOST_DOTS if has_colors else MOST_PLAIN_DOTS)


def _draw_panel(figure, axes, plane, coloring, order, side):
    points = plane.points[order]
    _lay_out(axes, plane)
    shown = None
    if coloring is None:
        if is_hexagons(len(points), has_colors=False):
            shown = _hexagons(axes, points, None, None)
            _add_scale(figure, axes, shown, "images in a hexagon")
        else:
            _dots(axes, points, color=hexadecimal((0, 114, 178)))
        axes.set_title("codes", fontweight="bold")
        _draw_prior(axes, plane)
        return
    classes, count = coloring.classes[order], len(coloring.labels)
    colors = rising_colors() if coloring.has_scale else category_colors(count)
    settings = {"cmap": colors, "vmin": -0.5, "vmax": count - 0.5}
    if is_hexagons(len(points), has_colors=True):
        reduce = np.mean if coloring.has_scale else _most_frequent
        shown = _hexagons(axes, points, classes, reduce, **settings)
    else:
        shown = _dots(axes, points, c=classes, **settings)
    _draw_prior(axes, plane)
    if count > _NAMED_IN_PLACE and not coloring.has_scale:
        _name_in_place(axes, points, classes, coloring.labels)
    axes.set_title(fitting(coloring.name, side - 0.4), fontweight="bold")
    scale = _add_scale(figure, axes, shown, "")
    _name_classes(scale, coloring, side)


def _lay_out(axes, plane):
    across, up = plane.names
    axes.set(xlabel=across, ylabel=up, axisbelow=True)
    if plane.prior is None:
        # Neither axis of t-SNE or UMAP means anything.
        axes.set(xticks=[], yticks=[])
        axes.set_aspect("equal", adjustable="datalim")
        axes.margins(0.04)
    else:
        low, high = reach_of(plane)
        axes.set(xlim=(low, high), ylim=(low, high), aspect="equal")


def _dots(axes, points, **colors):
    area = float(np.clip(24_000 / len(points), 2.5, 16))
    opacity = float(np.clip(4_000 / len(points), 0.45, 0.9))
    return axes.scatter(
        *points.T, s=area, alpha=opacity, linewidths=0, rasterized=True, **colors
    )


def _hexagons(axes, points, classes, reduce, **settings):
    if classes is None:
        settings = {"cmap": rising_colors().reversed(), "mincnt": 1}
    else:
        settings |= {"C": classes, "reduce_C_function": reduce}
    # Fewer points need larger ones, or each holds one or two.
    gridsize = int(
        np.clip(np.sqrt(len(points)) / 2.5, _FEWEST_HEXAGONS, _MOST_HEXAGONS)
    )
    limits = axes.get_xlim(), axes.get_ylim(), axes.get_autoscale_on()
    low, high = points.min(axis=0), points.max(axis=0)
    # hexbin needs an extent; codes that do not vary have none.
    high = np.where(high > low, high, low + 1e-3)
    extent = (low[0], high[0], low[1], high[1])
    shown = axes.hexbin(
        *points.T, gridsize=gridsize, linewidths=0.1, extent=extent, **settings
    )
    if not limits[2]:
        axes.set(xlim=limits[0], ylim=limits[1])
    return shown


def _most_frequent(classes):
    return np.bincount(np.asarray(classes, int)).argmax()


def _draw_prior(axes, plane):
    if plane.prior is None:
        return
    for share in PRIOR_SHARES:
        radius = np.sqrt(-2 * np.log1p(-share))
        for width, color in ((2.2, _PAPER), (0.9, _INK)):
            circle = Circle(
                plane.prior, radius, fill=False, linewidth=width, edgecolor=color
            )
            axes.add_patch(circle)


def _name_in_place(axes, points, classes, labels):
    for number, label in enumerate(labels):
        members = points[classes == number]
        if len(members):
            axes.annotate(
                fitting(label, 0.8, "small"),
                np.median(members, axis=0),
                ha="center",
                va="center",
                fontsize=8.5,
                bbox={
                    "boxstyle": "round,pad=0.15",
                    "fc": _PAPER,
                    "lw": 0,
                    "alpha": 0.8,
                },
            )


def _add_scale(figure, axes, shown, label):
    scale = figure.colorbar(
        shown, ax=axes, location="bottom", aspect=26, pad=0.02, fraction=0.05
    )
    scale.solids.set(alpha=1)
    scale.outline.set_visible(False)
    scale.ax.tick_params(length=0)
    scale.set_label(label)
    return scale


def _name_classes(scale, coloring, side):
    count = len(coloring.labels)
    if coloring.has_scale and count > _NAMED_IN_PLACE:
        ticks = sorted({0, (count - 1) // 2, count - 1})
    else:
        ticks = list(range(count))
    room = 0.8 * side / len(ticks)
    scale.set_ticks(ticks)
    scale.set_ticklabels([fitting(coloring.labels[n], room, "small") for n in ticks])
    scale.minorticks_off()


def _draw_decoded(figure, axes, plane, decoded, has_scales):
    low, high = reach_of(plane)
    rows = [np.concatenate(list(row), axis=1) for row in decoded[::-1]]
    shown = axes.imshow(
        as_pixels(np.concatenate(rows)),
        extent=(low, high, low, high),
        interpolation="nearest",
        aspect="equal" if decoded.shape[2] == decoded.shape[3] else "auto",
    )
    axes.grid(False)
    across, up = plane.names
    axes.set(xlabel=across, ylabel=up)
    axes.set_title("decoded", fontweight="bold")
    if has_scales:
        # An empty one, so that the panel is as high as its neighbours.
        _add_scale(figure, axes, shown, " ").ax.set_visible(False)
    _draw_prior(axes, plane)
