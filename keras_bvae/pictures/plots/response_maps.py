"""What each latent answers to, as β-VAE papers plot it: a row a latent."""

from dataclasses import dataclass

import numpy as np

from keras_bvae.latents.factor_responses import FactorResponse
from keras_bvae.latents.latent_statistics import is_active, kl_text, latent_name
from keras_bvae.pictures.colors import FAINT_INK, INK, color_of, hexadecimal
from keras_bvae.pictures.plots.plot_style import (
    diverging_colors,
    fitting,
    new_figure,
    plot_style,
    write_title,
)

# Codes are a draw of N(0, 1) over the data, more or less: ± 3 holds them.
LIMIT = 3.0
_ROW_HEIGHT = 1.05
_PLANE_WIDTH, _CURVE_WIDTH = 1.1, 2.1
# Left of the grid; and above and below it, with title, legend, scale and notes.
_LABEL_WIDTH, _SURROUNDINGS = 0.9, 1.9
_BAND_OPACITY = 0.16


@dataclass(frozen=True)
class ResponsePanel:
    """A column of the plot: one factor as curves, or two as a plane.

    Attributes:
        response: FactorResponse; of (x, y) for a plane, of (factor,) or of
            (factor, category) for curves.
        names: tuple of str, the factor or the two of the plane.
        is_plane: bool.
    """

    response: FactorResponse
    names: tuple
    is_plane: bool


def response_maps(panels, latents, kl, categories=(), title="", lines=(), limit=LIMIT):
    """Plots the mean code of each latent against each factor.

    A row a latent. A plane shades the mean at each place on a scale of both signs that
    all rows share; a curve shows mean ± one standard deviation, a colour a category.

    Args:
        panels: sequence of ResponsePanel, at least one.
        latents: sequence of int, which to draw, from top to bottom.
        kl: NumPy array, shape `(latent_dim,)`, nats, for the labels.
        categories: sequence of str, names of the category's classes, in colours.
        title: str, may be empty.
        lines: sequence of str, smaller, below the plot.
        limit: float above 0, where scale and axes end; what lies beyond is cut there.

    Returns:
        matplotlib.figure.Figure.
    """
    widths = [_PLANE_WIDTH if p.is_plane else _CURVE_WIDTH for p in panels]
    size = _LABEL_WIDTH + sum(widths), _SURROUNDINGS + _ROW_HEIGHT * len(latents)
    with plot_style():
        figure = new_figure(*size)
        grid = figure.subplots(
            len(latents), len(panels), squeeze=False, width_ratios=widths
        )
        for column, panel in zip(grid.T, panels, strict=True):
            draw = _draw_planes if panel.is_plane else _draw_curves
            draw(figure, column, panel, latents, limit, bool(categories))
        _label_rows(grid[:, 0], latents, kl)
        write_title(figure, title, *lines, legend=categories)
    return figure


def _draw_planes(figure, column, panel, latents, limit, _):
    for axes, latent in zip(column, latents, strict=True):
        # Down the picture as the factor goes down it.
        shown = axes.imshow(
            panel.response.mean[..., latent].T,
            cmap=diverging_colors(),
            vmin=-limit,
            vmax=limit,
            interpolation="nearest",
        )
        axes.set(xticks=[], yticks=[])
        axes.grid(False)
        axes.spines[:].set_visible(False)
    across, down = (fitting(name, _PLANE_WIDTH - 0.1) for name in panel.names)
    column[0].set_title(f"{across} →\n{down} ↓")
    scale = figure.colorbar(
        shown, ax=list(column), location="bottom", extend="both", aspect=12, pad=0.01
    )
    scale.outline.set_visible(False)
    scale.set_ticks([-limit, 0, limit])
    scale.set_label("mean code")


def _draw_curves(figure, column, panel, latents, limit, has_categories):
    mean, spread = panel.response.mean, panel.response.spread
    if not has_categories:
        mean, spread = mean[:, np.newaxis], spread[:, np.newaxis]
    classes = np.arange(len(mean))
    for axes, latent in zip(column, latents, strict=True):
        for category in range(mean.shape[1]):
            middle = mean[:, category, latent]
            reach = spread[:, category, latent]
            color = color_of(category)
            axes.fill_between(
                classes,
                middle - reach,
                middle + reach,
                color=color,
                alpha=_BAND_OPACITY,
                linewidth=0,
            )
            # A factor of few classes is a matter of points.
            marker = "o" if len(classes) <= 8 else None
            axes.plot(classes, middle, color=color, marker=marker, markersize=3)
        axes.set(ylim=(-limit, limit), yticks=[-limit, 0, limit])
        axes.set_xticks(_class_ticks(len(classes)))
        axes.tick_params(labelbottom=axes is column[-1], length=2)
        axes.margins(x=0.02)
    column[0].set_title(fitting(panel.names[0], _CURVE_WIDTH - 0.3))
    column[-1].set_xlabel("class")


def _label_rows(column, latents, kl):
    for axes, latent in zip(column, latents, strict=True):
        alive = is_active(kl[latent])
        axes.set_ylabel(
            f"{latent_name(latent)}\n{kl_text(kl[latent])}",
            color=hexadecimal(INK if alive else FAINT_INK),
            rotation=0,
            ha="right",
            va="center",
            labelpad=8,
        )


def _class_ticks(count):
    """First, middle and last class, or all of a few."""
    if count <= 8:
        return list(range(count))
    return sorted({0, (count - 1) // 2, count - 1})
