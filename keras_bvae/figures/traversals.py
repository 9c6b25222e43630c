"""What each latent does: a row for each, from images or from the prior."""

import numpy as np

from keras_bvae.datasets.condition import condition_of
from keras_bvae.datasets.images import sample_indices
from keras_bvae.datasets.values import name_of_one
from keras_bvae.errors import InvalidValue
from keras_bvae.figures.model_images import model_name
from keras_bvae.latents.anchors import prior_anchor, telling_anchor
from keras_bvae.latents.latent_statistics import latent_name, latent_statistics
from keras_bvae.latents.sweep_modes import sweep_by_mode
from keras_bvae.latents.traversal import traverse
from keras_bvae.pictures.appearance import appearance_of
from keras_bvae.pictures.films.animation import stacked_animations
from keras_bvae.pictures.films.traversal_animation import traversal_animation
from keras_bvae.pictures.sheets.heat_map import heat_map_sheet
from keras_bvae.pictures.sheets.sheet import stacked_sheets
from keras_bvae.pictures.sheets.traversal_sheet import traversal_sheet

# Images that give the KL of each latent and the range of its codes.
_SAMPLE = 2000
# Candidates for the image that shows best what every latent does.
_CANDIDATES = 32
# Conditions that a sheet shows where none is named.
_CONDITIONS = 4
# Columns of a table that the map of what moves them lists.
_MOST_COLUMNS = 24


def traversals(model, dataset, *, steps=11, title="", **choices):
    """A sheet with a row for each latent, the most informative first.

    Args:
        model: `VariationalAutoencoder`.
        dataset: where KL and ranges are estimated, and an image is found.
        steps: int >= 2, values a latent.
        title: str.
        images: array `(height, width, channels)`, or several, uint8 or float in [0, 1],
            to start from; None: the sampled image on which the weakest active latent
            shows most.
        prior: bool; start from the prior's mean instead of an image.
        mode: str, how the range is chosen, one of `SWEEP_MODES`: "fixed" by
            the prior's standard deviation, "normal" by the prior's quantiles,
            "gaussian" by a Gaussian fitted to the aggregate posterior, "interval"
            around the mean of the aggregate posterior, "minmax" from the least code to
            the largest, or "quantiles" of the codes.
        reach: float or None, how far, in the mode's unit; None: the mode's own.
        latents: sequence of ints, which latents, in this order; None: all, by KL.
        seed: int >= 0, for the sample of images.
        condition: of a model with a condition, the classes to hold; None: of images
            that bring theirs along, their own, else several, one block each.

    Returns:
        keras_bvae.pictures.Sheet.

    Raises:
        ValueError: images of another size, no such latent, or a range that is none.
    """
    found = _traversed(model, dataset, steps=steps, **choices)
    sheets = [
        traversal_sheet(traversal, title, subtitle, image, name=name_of_one(dataset))
        for traversal, subtitle, image in found
    ]
    if dataset.kind == "table":
        sheets.append(_columns_moved(model, dataset, found[0][0]))
    return stacked_sheets(sheets)


def traversal_film(model, dataset, *, steps=25, title="", **choices):
    """An animation of all latents, each in a tile of its own, back and forth.

    Args:
        model, dataset, steps, title, choices: as for `traversals`.

    Returns:
        keras_bvae.pictures.Animation.

    Raises:
        ValueError: see `traversals`.
    """
    found = _traversed(model, dataset, steps=steps, **choices)
    films = [
        traversal_animation(
            traversal, title, subtitle, image, name=name_of_one(dataset)
        )
        for traversal, subtitle, image in found
    ]
    return stacked_animations(films)


def _columns_moved(model, dataset, traversal):
    """A heat map: how far each latent moves each column of a table."""
    look = appearance_of(dataset)
    anchor = np.zeros(model.latent_dim)
    anchor[traversal.latents] = traversal.anchor_values
    moved = traverse(
        look.rows(model.decoding(_a_condition(model))),
        anchor,
        _in_place(traversal.kl, traversal.latents, model.latent_dim),
        traversal.sweep,
        traversal.latents,
    ).images[..., 0, 0]
    effects = (moved.max(axis=1) - moved.min(axis=1)).T
    shares = len(effects) - dataset.unscaled_columns
    effects[shares:] *= look.scale[shares:, None]
    order = np.argsort(-effects.max(axis=1), kind="stable")[:_MOST_COLUMNS]
    names = dataset.channel_names or tuple(map(str, range(len(effects))))
    left_out = len(effects) - len(order)
    lines = ["How far each latent moves it, in the data's standard deviations"]
    if dataset.unscaled_columns:
        lines[0] += "; of categories, in probability"
    if left_out:
        lines.append(f"The {len(order)} that move most; {left_out:,} are left out")
    return heat_map_sheet(
        effects[order],
        tuple(names[place] for place in order),
        tuple(latent_name(latent) for latent in traversal.latents),
        "Columns",
        tuple(lines),
    )


def _in_place(values, latents, latent_dim):
    whole = np.zeros(latent_dim)
    whole[latents] = values
    return whole


def _traversed(
    model,
    dataset,
    *,
    images=None,
    prior=False,
    mode="fixed",
    reach=None,
    steps,
    latents=None,
    seed=0,
    condition=None,
):
    """For each start the traversal, where it starts in words, and the image or None."""
    if prior and images is not None:
        raise InvalidValue(
            "A traversal starts from the prior or from images; received both. "
            "Leave out one of `prior` and `images`."
        )
    dataset = model.conditioned(dataset)
    indices = sample_indices(dataset, _SAMPLE, seed=seed)
    sample = dataset.images_at(indices)
    look = appearance_of(dataset)
    statistics = latent_statistics(model.encode, sample)
    sweep = sweep_by_mode(mode, statistics, reach, steps)
    if prior:
        starts = [(prior_anchor(model.latent_dim), "the prior's mean", None)]
    elif images is not None:
        starts = _starts_from(model, images, condition)
    else:
        decode = look.rows(model.decoding(_a_condition(model)))
        chosen = _telling_image(decode, statistics, sweep, seed)
        words = f"{name_of_one(dataset)} {indices[chosen]}, picked to show every latent"
        starts = [(statistics.codes[chosen], words, sample[chosen])]
    about = f"{model_name(model)}; {dataset.name}"
    return [
        (
            traverse(
                look.decoding(model.decoding(held)),
                code,
                statistics.kl,
                sweep,
                latents,
            ),
            f"{about}, from {words}{told}",
            None if image is None else look.images(image),
        )
        for code, words, image in starts
        for held, told in _conditions(model, condition, image, images is not None)
    ]


def _conditions(model, condition, image, is_given):
    """What to hold while the latents move, with the words for it."""
    if model.condition is None:
        rows = [model.condition_of((), condition)]  # which refuses one
        return [(row, "") for row in rows]
    if condition is None and is_given:
        condition = condition_of(image)
    if condition is None:
        rows = model.some_conditions(_CONDITIONS)
    else:
        rows = model.condition_of((), condition, count=1)
    return [(row, f"; told {model.condition_words(row)}") for row in rows]


def _a_condition(model):
    """One that is held where any will do; None without."""
    return None if model.condition is None else model.some_conditions(1)[0]


def _starts_from(model, images, condition):
    images = np.asanyarray(images)
    is_one = images.ndim == len(model.image_shape)
    images = images[np.newaxis] if is_one else images
    given = condition if condition_of(images) is None else None
    codes, _ = model.encode(images, condition=given)
    return [
        (code, f"the {name_of_one(model)} shown", image)
        for code, image in zip(codes, images, strict=True)
    ]


def _telling_image(decode, statistics, sweep, seed):
    count = len(statistics.codes)
    candidates = np.random.default_rng(seed).choice(
        count, min(_CANDIDATES, count), replace=False
    )
    best = telling_anchor(decode, statistics.codes[candidates], statistics.kl, sweep)
    return candidates[best]
