"""What the page shows of one model: at the sliders, from an image, from the prior."""

from typing import NamedTuple

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.explore import markup
from keras_bvae.explore.latent_explorer import slider_reach
from keras_bvae.latents.latent_statistics import kl_text, latent_name
from keras_bvae.rules import is_finite

# A slider's number has two decimals: what is decoded is what can be read and typed.
_DECIMALS = 2
_FARTHEST = float(np.finfo(np.float32).max)


class SliderPosition(NamedTuple):
    """Where a slider stands: `value`, on a scale from `-reach` to `reach`."""

    value: float
    reach: float


class ModelContent(NamedTuple):
    """Everything below a model's heading that changes.

    Attributes:
        pair: str, HTML of the original and its reconstruction; None: as it is.
        picture: str, HTML of the large picture.
        positions: list of SliderPosition, in the order of the page's sliders.
        strips: list of str, HTML, one for each active latent.
    """

    pair: str | None
    picture: str
    positions: list
    strips: list


def content_of_image(explorer, image):
    """A model's content where its sliders stand at an image's code.

    Args:
        explorer: LatentExplorer.
        image: uint8 array `(height, width, channels)`.

    Returns:
        ModelContent.

    Raises:
        ValueError: the image has another size.
    """
    encoded = explorer.encode(image)
    pair = markup.start_pictures(explorer.picture(image), encoded)
    return content_of_code(explorer, encoded.code)._replace(pair=pair)


def content_of_code(explorer, code):
    """A model's content where its sliders stand at a code.

    Args:
        explorer: LatentExplorer.
        code: array `(latent_dim,)`.

    Returns:
        ModelContent, its pair None.

    Raises:
        ValueError: another length, or a value that is not finite.
    """
    # Adding 0.0 turns the -0.0 that rounding can leave into 0.0.
    code = np.round(np.asarray(code, np.float64), _DECIMALS) + 0.0
    values = [float(code[latent]) for latent in explorer.order]
    return ModelContent(
        None,
        picture_of(explorer, values),
        [SliderPosition(value, slider_reach(value)) for value in values],
        strips_of(explorer, values),
    )


def picture_of(explorer, values):
    """The large picture of the sliders' values.

    Args:
        explorer: LatentExplorer.
        values: sequence of floats in the order of the sliders; None, which an emptied
            number sends, is 0.

    Returns:
        str, HTML.
    """
    image = explorer.decode(code_of(explorer, values))
    return markup.slider_picture(image, explorer.title)


def strips_of(explorer, values):
    """The thumbnails below each active latent's slider.

    Args:
        explorer, values: as for `picture_of`.

    Returns:
        list of str, HTML, in the order of the active latents' sliders.
    """
    strips = explorer.strips(code_of(explorer, values))
    # Lines are thin: they are not averaged down.
    is_drawn = explorer.look.kind in ("table", "series")
    largest = max(strips.shape[2:4]) if is_drawn else markup.THUMBNAIL
    pairs = zip(strips, explorer.active_order, strict=True)
    return [
        markup.strip(images, latent_name(latent), largest) for images, latent in pairs
    ]


def code_of(explorer, values):
    """The sliders' values in the model's own order of latents.

    Args:
        explorer, values: as for `picture_of`.

    Returns:
        NumPy float32, shape `(latent_dim,)`.

    Raises:
        ValueError: another length, or a value that is no finite number.
    """
    values = [0.0 if value is None else value for value in values]
    if len(values) != explorer.latent_dim or not all(map(_is_of_a_slider, values)):
        raise InvalidValue(
            f"Sliders give {explorer.latent_dim} finite numbers; received {values!r}. "
            "Load the page again."
        )
    code = np.zeros(explorer.latent_dim, np.float32)
    code[list(explorer.order)] = values
    return code


def _is_of_a_slider(value):
    return is_finite(value, -_FARTHEST, _FARTHEST)


def slider_label(explorer, latent):
    """What a slider is called: `z5 · 2.31 nats`."""
    return f"{latent_name(latent)} · {kl_text(explorer.kl[latent])}"


def prior_mean(explorer):
    """The code in the middle of the prior."""
    return np.zeros(explorer.latent_dim)


def prior_draw(explorer):
    """A code drawn from the prior, another one each time."""
    return np.random.default_rng().standard_normal(explorer.latent_dim)
