"""Images that a model gives back, makes up, and passes between one and another."""

import math

import numpy as np

from keras_bvae.datasets.condition import condition_of
from keras_bvae.datasets.images import sample_indices
from keras_bvae.datasets.values import name_of_many, name_of_one
from keras_bvae.errors import InvalidValue
from keras_bvae.latents.code_paths import CODE_PATHS
from keras_bvae.models.strength import strengths_of
from keras_bvae.pictures.appearance import appearance_of
from keras_bvae.pictures.sheets.image_rows import (
    ImageRow,
    image_grid,
    image_rows_sheet,
)
from keras_bvae.pictures.sheets.image_sheets import (
    interpolation_animation,
    interpolation_sheet,
    reconstruction_sheet,
)
from keras_bvae.pictures.sheets.sheet import SheetHeader
from keras_bvae.rules import require_finite, require_one_of, require_seed, require_whole

_LETTERS = {"beta": "β", "gamma": "γ", "lambda": "λ", "alpha": "α"}
# Conditions of a sheet of samples.
_MOST_ROWS = 16


def reconstructions(
    model,
    dataset=None,
    *,
    count=16,
    images=None,
    names=None,
    seed=0,
    title="",
    condition=None,
):
    """A sheet with images above what the model makes of them, and the error of each.

    An image is decoded from its posterior mean. The error is -log p(image | mean) in
    nats, by the model's own likelihood, summed over pixels.

    Args:
        model: `VariationalAutoencoder`.
        dataset: data set from which images are drawn; None if `images` are given.
        count: int >= 1, how many; a smaller data set gives all it has.
        images: array `(n, height, width, channels)`, uint8 or float in [0, 1], instead
            of images of the data set.
        names: as many strings to print below those images; None: nothing.
        seed: int >= 0, which images are drawn.
        title: str.
        condition: of a model with a condition, that of `images`, as `encode` takes it.

    Returns:
        keras_bvae.pictures.Sheet.

    Raises:
        ValueError: images of another size, neither images nor a data set, or `count`
            below 1.
    """
    if images is None:
        _require_dataset(dataset)
        dataset = model.conditioned(dataset)
        indices = sample_indices(dataset, count, seed)
        images, names = dataset.images_at(indices), [str(index) for index in indices]
    condition = model.condition_of(images, condition)
    codes, _ = model.encode(images, condition=condition)
    errors = -model.log_likelihood(images, codes, condition=condition)
    look = appearance_of(dataset, model)
    source = f"; {dataset.name}" if dataset is not None else ""
    return reconstruction_sheet(
        look.images(images),
        look.decoding(model.decoding(condition))(codes),
        errors,
        ("",) * len(images) if names is None else names,
        title=title,
        lines=(
            f"{model_name(model)}{source}",
            "Decoded from the posterior mean. Below: the reconstruction error,",
            f"−log p({name_of_one(model)} | code), {_summary(model, errors)}",
        ),
        name=name_of_one(model),
    )


def samples(
    model,
    *,
    count=64,
    temperature=1.0,
    dataset=None,
    seed=0,
    title="",
    condition=None,
):
    """A sheet of decoded draws of the prior, or of the aggregate posterior.

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
        condition: of a model with a condition, the classes that all images have; None:
            a row for each condition, up to 16, with the same codes in each row.

    Returns:
        keras_bvae.pictures.Sheet.

    Raises:
        ValueError: `count` or `temperature` out of range.
    """
    require_whole(
        "count", count, 1, advice="Ask for the number of images you want to see."
    )
    require_finite(
        "temperature", temperature, 0, advice="1 draws from the prior as it is."
    )
    require_seed(seed)
    rng = np.random.default_rng(seed)
    if model.condition is not None and condition is None:
        return _samples_by_condition(model, count, temperature, dataset, rng, title)
    if dataset is None:
        codes = temperature * rng.standard_normal((count, model.latent_dim))
        source = "Decoded draws of the prior, N(0, 1)"
    else:
        codes = _posterior_draws(model, dataset, count, temperature, rng)
        many = name_of_many(dataset)
        source = f"Decoded draws of the posteriors of {many} of {dataset.name}"
    warmth = "" if temperature == 1 else f", standard deviation × {temperature:g}"
    # A square of them, up to eight across.
    columns = min(8, math.ceil(math.sqrt(count)))
    held = model.condition_of(codes, condition)
    told = "" if held is None else f"; told {model.condition_words(held[0])}"
    return image_grid(
        appearance_of(dataset, model).decoding(model.decoding(held))(codes),
        title=title,
        lines=(model_name(model), f"{source}{warmth}{told}"),
        columns=columns,
    )


def _samples_by_condition(model, count, temperature, dataset, rng, title):
    """A row for each condition; a column has one code throughout."""
    conditions = model.some_conditions(_MOST_ROWS)
    look = appearance_of(dataset, model)
    columns = min(8, count)
    if dataset is None:
        codes = temperature * rng.standard_normal((columns, model.latent_dim))
    else:
        codes = _posterior_draws(model, dataset, columns, temperature, rng)
    rows = [
        ImageRow(
            label=model.condition_words(held),
            remark="",
            images=look.decoding(model.decoding(held))(codes),
            captions=("",) * columns,
        )
        for held in conditions
    ]
    where = "the prior, N(0, 1)" if dataset is None else f"posteriors, {dataset.name}"
    warmth = "" if temperature == 1 else f", standard deviation × {temperature:g}"
    lines = (
        model_name(model),
        f"Decoded draws of {where}{warmth}: one code a column,",
        "one condition a row",
    )
    return image_rows_sheet(rows, SheetHeader(title=title, lines=lines))


def interpolations(
    model,
    first,
    last,
    *,
    steps=11,
    path="linear",
    names=None,
    title="",
    condition=None,
):
    """A sheet with an image, the decoded way to another, and that other image.

    Args:
        model: `VariationalAutoencoder`.
        first, last: arrays `(height, width, channels)`, uint8 or float in [0, 1]; the
            way leads from one's posterior mean to the other's.
        steps: int >= 2, decoded images, both ends included.
        path: "linear", a straight line, or "spherical", even steps of the angle.
        names: two strings, what to call the images; None: the first and the last.
        title: str.
        condition: of a model with a condition, the classes to hold on the way; None:
            those that the first image brings along.

    Returns:
        keras_bvae.pictures.Sheet.

    Raises:
        ValueError: images of another size, another path, or `steps` below 2.
    """
    parts = _way(model, first, last, steps, path, names, condition)
    first, images, last, lines = parts
    one = name_of_one(model)
    return interpolation_sheet(first, images, last, title, lines, name=one)


def interpolation_film(
    model,
    first,
    last,
    *,
    steps=25,
    path="linear",
    names=None,
    title="",
    condition=None,
):
    """An animation of the way, back and forth.

    Args:
        model, first, last, steps, path, names, title, condition: as for
            `interpolations`.

    Returns:
        keras_bvae.pictures.Animation.

    Raises:
        ValueError: see `interpolations`.
    """
    parts = _way(model, first, last, steps, path, names, condition)
    first, images, last, lines = parts
    one = name_of_one(model)
    return interpolation_animation(first, images, last, title, lines, name=one)


def model_name(model):
    """A model's class and its strengths, as `BetaVAE, β = 4`."""
    strengths = (
        f"{_letter(name)} = {float(getattr(model, name)):.4g}"
        for name in strengths_of(type(model))
    )
    return ", ".join((type(model).__name__, *strengths))


def _letter(name):
    """`lambda_od` becomes λ_od; a word that names no letter stays."""
    word, line, rest = name.partition("_")
    return _LETTERS.get(word, word) + line + rest


def _summary(model, errors):
    mean = f"mean of the {len(errors)} shown {np.mean(errors):.1f} nats"
    return f"{model.likelihood.capitalize()}; {mean}"


def _require_dataset(dataset):
    if dataset is None:
        raise InvalidValue(
            "Reconstructions need images; received neither `dataset` nor `images`. "
            'Pass keras_bvae.datasets.load("dsprites"), for example.'
        )


def _posterior_draws(model, dataset, count, temperature, rng):
    indices = rng.integers(0, len(dataset), count)
    images = model.conditioned(dataset).images_at(indices)
    mean, log_variance = model.encode(images)
    noise = rng.standard_normal(mean.shape)
    return mean + temperature * np.exp(0.5 * log_variance) * noise


def _way(model, first, last, steps, path, names, condition):
    """The first image, the decoded ones, the last, and what to say of them."""
    require_one_of("`path`", path, CODE_PATHS)
    held = condition_of(first) if condition is None else condition
    ends = [
        held if condition_of(image) is None else condition_of(image)
        for image in (first, last)
    ]
    first, last = np.asarray(first), np.asarray(last)
    if first.shape != last.shape:
        raise InvalidValue(
            "Both images must have the model's size; received shapes "
            f"{first.shape} and {last.shape}. Resize one of them."
        )
    images = np.stack([first, last])
    if model.condition is None:
        ends = held = model.condition_of(images, condition)
    else:
        ends = [model.condition_of((), end, count=1)[0] for end in ends]
        held = model.condition_of((), held, count=1)[0]
    means, _ = model.encode(images, condition=ends)
    codes = CODE_PATHS[path](*means, steps)
    names = names or (f"the first {name_of_one(model)}", "the last")
    told = "" if held is None else f"; told {model.condition_words(held)}"
    lines = (
        model_name(model),
        f"Decoded along a {path} path between the posterior means",
        f"of {names[0]} and {names[1]}{told}",
    )
    look = appearance_of(model=model)
    decoded = look.decoding(model.decoding(held))(codes)
    return look.images(first), decoded, look.images(last), lines
