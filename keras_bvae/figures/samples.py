"""Images that a model makes up."""

import math

import numpy as np

from keras_bvae import pictures
from keras_bvae.figures.model_name import model_name


def samples(model, **choices):
    """A figure of images that the model makes up.

    Args:
        model: as for `sample_page`.
        choices: its other arguments.

    Returns:
        matplotlib.figure.Figure.

    Raises:
        ValueError: see `sample_page`.
    """
    return sample_page(model, **choices).figure()


def sample_page(model, *, count=64, temperature=1.0, dataset=None, seed=0, title=""):
    """A page of decoded draws of the prior, or of the aggregate posterior.

    Args:
        model: `VariationalAutoencoder`.
        count: int >= 1, how many images.
        temperature: float >= 0, by which the draws' standard deviation is multiplied;
            below 1 images are more alike and more typical.
        dataset: None: codes are drawn from the prior, N(0, 1). A data set: from the
            aggregate posterior, that is, from the posterior of images drawn from it,
            whose standard deviation the temperature then multiplies.
        seed: int >= 0.
        title: str.

    Returns:
        `pictures.Page`.

    Raises:
        ValueError: `count` or `temperature` out of range.
    """
    _require_temperature(temperature)
    if count < 1:
        raise ValueError(
            f"`count` must be at least 1; received count={count!r}. "
            "Ask for the number of images you want to see."
        )
    rng = np.random.default_rng(seed)
    if dataset is None:
        codes = temperature * rng.standard_normal((count, model.latent_dim))
        source = "Decoded draws of the prior, N(0, 1)"
    else:
        codes = _posterior_draws(model, dataset, count, temperature, rng)
        source = f"Decoded draws of the posteriors of images of {dataset.name}"
    warmth = "" if temperature == 1 else f", standard deviation × {temperature:g}"
    # A square of them, up to eight across.
    columns = min(8, math.ceil(math.sqrt(count)))
    return pictures.image_grid(
        model.decode(codes),
        title=title,
        lines=(model_name(model), f"{source}{warmth}"),
        columns=columns,
    )


def _posterior_draws(model, dataset, count, temperature, rng):
    indices = rng.integers(0, len(dataset), count)
    mean, log_variance = model.encode(dataset.images_at(indices))
    noise = rng.standard_normal(mean.shape)
    return mean + temperature * np.exp(0.5 * log_variance) * noise


def _require_temperature(temperature):
    if not (math.isfinite(temperature) and temperature >= 0):
        raise ValueError(
            "`temperature` must be a finite number >= 0; received "
            f"temperature={temperature!r}. 1 draws from the prior as it is."
        )
