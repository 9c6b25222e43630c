"""How a training went: the terms of the loss and the KL of each latent, by step."""

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, ScalarFormatter

from keras_bvae.errors import InvalidValue
from keras_bvae.latents.latent_statistics import is_active, latent_name
from keras_bvae.latents.traversal import sorted_by_kl
from keras_bvae.pictures.colors import (
    CATEGORY_COLORS,
    FAINT_INK,
    INK,
    PAPER,
    RULE,
    color_of,
    hexadecimal,
)
from keras_bvae.pictures.plots.plot_style import (
    fitting,
    new_figure,
    plot_style,
    spread_apart,
    write_title,
)

_PANEL = (2.6, 1.75)  # inches
_MOST_COLUMNS = 3
_KL_HEIGHT = 3.0
_LABEL_HEIGHT = 0.145
_TITLE_HEIGHT = 0.75
_BESIDE = 0.7  # what scale and labels take of a panel's width
# From a line's end to the middle of its name's left edge.
_TIE = {"arrowstyle": "-", "shrinkA": 0, "shrinkB": 0, "relpos": (0, 0.5)}
_IN_NATS = ("loss", "reconstruction", "kl")
# These fall so far in the first steps that the rest would be a flat line: where they
# fall by more than this the scale is logarithmic.
_FALLING, _LARGE_RATIO = ("loss", "reconstruction"), 4


def kl_curves(history, title=""):
    """Plots the KL of each latent while it trained.

    A line a latent. One that carries information in the end has a colour and its name
    at the end of its line; the dead ones are grey.

    Args:
        history: TrainingHistory with the KL of each latent.
        title: str, may be empty.

    Returns:
        matplotlib.figure.Figure.

    Raises:
        ValueError: the history has no KL of single latents.
    """
    _require_kl(history)
    with plot_style():
        figure = new_figure(6.4, _kl_height([history]) + _TITLE_HEIGHT)
        _draw_kl(figure.subplots(), history, _kl_height([history]))
        write_title(figure, title)
    return figure


def loss_curves(histories, title=""):
    """Plots each term of the loss and each score, a panel a term, a colour a run.

    Args:
        histories: sequence of TrainingHistory, at least one.
        title: str, may be empty.

    Returns:
        matplotlib.figure.Figure.
    """
    terms = _terms_of(histories)
    columns, rows = _grid(len(terms))
    with plot_style():
        figure = new_figure(columns * _PANEL[0], rows * _PANEL[1] + _TITLE_HEIGHT)
        _draw_terms(figure, histories, terms)
        write_title(figure, title, _note(histories), legend=_run_names(histories))
    return figure


def all_curves(histories, title=""):
    """Plots losses above and the KL of each latent, a panel a run, below.

    Args:
        histories: sequence of TrainingHistory, at least one.
        title: str, may be empty.

    Returns:
        matplotlib.figure.Figure.
    """
    with_kl = [history for history in histories if history.kl.size]
    if not with_kl:
        return loss_curves(histories, title)
    terms = _terms_of(histories)
    _, rows = _grid(len(terms))
    kl_rows = -(-len(with_kl) // 2)
    heights = rows * _PANEL[1], kl_rows * _kl_height(with_kl)
    with plot_style():
        figure = new_figure(_MOST_COLUMNS * _PANEL[0], sum(heights) + _TITLE_HEIGHT)
        upper, lower = figure.subfigures(2, 1, height_ratios=heights, hspace=0.03)
        for part in (upper, lower):
            part.set_facecolor("none")
        _draw_terms(upper, histories, terms)
        _draw_each_kl(lower, with_kl, kl_rows, heights[1], len(histories) > 1)
        write_title(figure, title, _note(histories), legend=_run_names(histories))
    return figure


def _require_kl(history):
    if not history.kl.size:
        raise InvalidValue(
            "A plot of the KL of each latent needs the columns kl_0, kl_1 …; received "
            f"{', '.join(history.columns) or 'none'}. Models of keras_bvae log them."
        )


def _draw_terms(figure, histories, terms):
    columns, rows = _grid(len(terms))
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, term in zip(panels, terms, strict=False):
        for number, history in enumerate(histories):
            color = color_of(number)
            for name, dashes in ((term, "-"), (f"val_{term}", "--")):
                if name in history.columns:
                    _plot(axes, history, history.columns[name], color, dashes)
        if term in _FALLING:
            _use_logarithms(axes)
        unit = " (nats)" if term in _IN_NATS else ""
        words = ("KL" if word == "kl" else word for word in term.split("_"))
        axes.set_title(fitting(f"{' '.join(words)}{unit}", _PANEL[0]))
        _use_whole_numbers(axes)
    for axes in panels[len(terms) :]:
        axes.set_axis_off()
    for axes in panels[(rows - 1) * columns :]:
        axes.set_xlabel(histories[0].unit)


def _plot(axes, history, values, color, dashes="-", linewidth=1.4):
    known = np.isfinite(values)
    # A score may stand in few rows, and a short run has few: their values are joined.
    marker = "o" if known.sum() < 3 else None
    axes.plot(
        history.steps[known],
        values[known],
        linestyle=dashes,
        color=color,
        marker=marker,
        markersize=3,
        linewidth=linewidth,
        clip_on=marker is None,
    )


def _draw_each_kl(figure, histories, rows, height, are_named):
    columns = min(len(histories), 2)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, history in zip(panels, histories, strict=False):
        _draw_kl(axes, history, height / rows)
        if are_named:
            name = fitting(history.name, _MOST_COLUMNS * _PANEL[0] / columns - _BESIDE)
            axes.set_title(f"{axes.get_title(loc='left')}\n{name}")
    for axes in panels[len(histories) :]:
        axes.set_axis_off()


def _draw_kl(axes, history, height):
    kl = history.kl
    last = kl[-1]
    # The strongest first: they get the plain lines if there are more than colours.
    active = [latent for latent in sorted_by_kl(last) if is_active(last[latent])]
    for latent in np.flatnonzero(~is_active(last)):
        _plot(axes, history, kl[:, latent], hexadecimal(RULE), linewidth=1.0)
    for rank, latent in enumerate(active):
        dashes = ("-", "--", ":", "-.")[rank // len(CATEGORY_COLORS) % 4]
        _plot(axes, history, kl[:, latent], color_of(rank), dashes, linewidth=1.6)
    axes.set_title("KL of each latent (nats)")
    axes.set_xlabel(history.unit)
    axes.set_ylim(bottom=0)
    axes.margins(x=0)
    if len(kl) == 1:  # its points at the right edge, where the names are
        axes.set_xlim(0, history.steps[0])
    _use_whole_numbers(axes)
    _label_ends(axes, history.steps[-1], last, active, height)
    if len(active) < len(last):
        axes.text(
            0.01,
            0.97,
            f"grey: {len(last) - len(active)} dead",
            transform=axes.transAxes,
            va="top",
            color=hexadecimal(FAINT_INK),
            bbox={"facecolor": hexadecimal(PAPER), "edgecolor": "none", "pad": 1},
        )


def _label_ends(axes, last_step, values, active, height):
    """Names at the right of the lines' ends, moved apart, joined by a thin line."""
    top = axes.get_ylim()[1]
    places = spread_apart(values[active] / top, _LABEL_HEIGHT / (height - 0.7))
    for rank, (latent, place) in enumerate(zip(active, places, strict=True)):
        axes.annotate(
            latent_name(latent),
            xy=(last_step, values[latent]),
            xytext=(1.045, place),
            textcoords="axes fraction",
            va="center",
            fontsize="small",
            color=hexadecimal(INK),
            arrowprops={**_TIE, "color": color_of(rank)},
        )


def _kl_height(histories):
    most = max(int(is_active(history.kl[-1]).sum()) for history in histories)
    return max(_KL_HEIGHT, most * _LABEL_HEIGHT + 0.7)


def _terms_of(histories):
    return tuple(dict.fromkeys(term for history in histories for term in history.terms))


def _grid(count):
    columns = min(count, _MOST_COLUMNS)
    return columns, -(-count // columns)


def _run_names(histories):
    return [history.name for history in histories] if len(histories) > 1 else ()


def _note(histories):
    names = (name for history in histories for name in history.columns)
    has_validation = any(name.startswith("val_") for name in names)
    return "Dashed: on the validation data." if has_validation else ""


def _use_whole_numbers(axes):
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))


def _use_logarithms(axes):
    values = np.concatenate([line.get_ydata() for line in axes.lines])
    if values.size == 0 or not 0 < _LARGE_RATIO * values.min() < values.max():
        return
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(ScalarFormatter())
