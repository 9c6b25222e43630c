"""The way from one image to another through the latents."""

import numpy as np

from keras_bvae import pictures
from keras_bvae.figures.model_name import model_name
from keras_bvae.latents.code_paths import CODE_PATHS
from keras_bvae.rules import require_one_of

ENDS = ("the first image", "the last")


def interpolation(model, first, last, **choices):
    """A figure with the decoded way from one image to another.

    Args:
        model, first, last: as for `interpolation_page`.
        choices: its other arguments.

    Returns:
        matplotlib.figure.Figure.

    Raises:
        ValueError: see `interpolation_page`.
    """
    return interpolation_page(model, first, last, **choices).figure()


def interpolation_page(
    model, first, last, *, steps=11, path="linear", names=ENDS, title=""
):
    """A page with an image, the decoded way to another, and that other image.

    Args:
        model: `VariationalAutoencoder`.
        first, last: arrays `(height, width, channels)`, uint8 or float in [0, 1]; the
            way leads from one's posterior mean to the other's.
        steps: int >= 2, decoded images, both ends included.
        path: "linear", a straight line, or "spherical", even steps of the angle.
        names: two strings, what to call the images.
        title: str.

    Returns:
        `pictures.Page`.

    Raises:
        ValueError: images of another size, another path, or `steps` below 2.
    """
    images, lines = _way(model, first, last, steps, path, names)
    return pictures.interpolation_picture(first, images, last, title, lines)


def interpolation_film(
    model, first, last, *, steps=25, path="linear", names=ENDS, title=""
):
    """An animation of the way, back and forth.

    Args:
        model, first, last, steps, path, names, title: as for `interpolation_page`.

    Returns:
        `pictures.Animation`.

    Raises:
        ValueError: see `interpolation_page`.
    """
    images, lines = _way(model, first, last, steps, path, names)
    return pictures.interpolation_animation(first, images, last, title, lines)


def _way(model, first, last, steps, path, names):
    """The decoded images, and what to say of them."""
    require_one_of("`path`", path, CODE_PATHS)
    means, _ = model.encode(np.stack([first, last]))
    codes = CODE_PATHS[path](*means, steps)
    lines = (
        model_name(model),
        f"Decoded along a {path} path between the posterior means",
        f"of {names[0]} and {names[1]}",
    )
    return model.decode(codes), lines
