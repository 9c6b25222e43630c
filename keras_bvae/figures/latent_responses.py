"""What each latent answers to: its mean code against each factor of a data set."""

import numpy as np

from keras_bvae.datasets.images import sample_images
from keras_bvae.datasets.sprites.sprite_geometry import SHAPE_NAMES
from keras_bvae.datasets.values import name_of_many
from keras_bvae.errors import InvalidValue
from keras_bvae.latents.factor_responses import balanced_indices, factor_response
from keras_bvae.latents.latent_statistics import (
    is_active,
    latent_name,
    latent_statistics,
)
from keras_bvae.latents.traversal import sorted_by_kl
from keras_bvae.pictures.colors import CATEGORY_COLORS
from keras_bvae.pictures.plots.response_maps import ResponsePanel, response_maps

# Images that give the KL of each latent, as for a traversal.
_SAMPLE = 2000
# A data set of up to so many images is encoded whole.
_SMALL = 20_000
# Images of a place in a plane, and of a class on a curve: of each shape.
_PER_PLACE, _PER_CLASS = 24, 64
_ENCODED_AT_ONCE = 2048
# What is drawn as a plane, and by colours, where the data set has it.
_PLANES = (("position_x", "position_y"),)
_CATEGORIES = ("shape", "object_shape")


def latent_responses(
    model,
    dataset,
    *,
    latents=None,
    plane=None,
    category=None,
    factors=None,
    seed=0,
    title="",
    progress=None,
):
    """A plot of each latent's mean code against position, scale and the rest, by shape.

    The plot of Higgins et al. 2017, figure 7, for any data set with factors. Codes are
    means of the posterior, averaged over all images of a class, or, of a large data
    set, over a balanced sample: 24 images for each place of the plane, 64 for each
    class of a curve and colour.

    Args:
        model: has `encode(images)` to `(mean, log_variance)`.
        dataset: a data set with factors.
        latents: sequence of int, in the order to draw; "all"; or None: the active
            ones, sorted by KL.
        plane: two factors' names, drawn as a plane; `()`: none. None: position_x and
            position_y where both are there.
        category: a factor's name, told apart by colour; "": none. None: the shape, if
            there is one with at most 7 classes.
        factors: sequence of names, drawn as curves. None: all the others.
        seed: int >= 0, for the samples.
        title: str.
        progress: None or function `(done, total)`, told of the images encoded.

    Returns:
        matplotlib.figure.Figure.

    Raises:
        ValueError: the data set has no factors, or not these; a latent that the model
            does not have; codes that are not finite.
    """
    dataset.require_factors("A plot of what latents answer to")
    if hasattr(model, "conditioned"):  # one of ours
        dataset = model.conditioned(dataset)
    plane = _plane(dataset, plane)
    category = _category(dataset, category, plane)
    curves = _curves(dataset, factors, plane, category)
    if not plane and not curves:
        raise InvalidValue(
            "A plot of what latents answer to needs at least one factor, as a curve or "
            "two as a plane; received none. Leave `plane` and `factors` out."
        )
    sample = sample_images(dataset, _SAMPLE, seed)
    kl = latent_statistics(model.encode, sample).kl
    chosen, dead = _chosen_latents(latents, kl)
    cells = [tuple(plane)] * bool(plane)
    cells += [(name, category) if category else (name,) for name in curves]
    responses, is_whole = _responses(model, dataset, cells, len(plane), seed, progress)
    panels = [
        ResponsePanel(response, names, is_plane=bool(plane) and names == plane)
        for response, names in zip(responses, cells, strict=True)
    ]
    return response_maps(
        panels,
        chosen,
        kl,
        categories=_class_names(dataset, category),
        title=title,
        lines=_notes(dataset, bool(plane), bool(curves), is_whole, dead),
    )


def _responses(model, dataset, cells, plane_size, seed, progress):
    """A FactorResponse for each tuple of names; each image is encoded once."""
    factors = dataset.factors_at(np.arange(len(dataset)))
    columns = [
        tuple(dataset.factor_names.index(name) for name in names) for names in cells
    ]
    is_whole = len(dataset) <= _SMALL
    if is_whole:
        samples = [np.arange(len(dataset))] * len(cells)
    else:
        sizes = [_PER_CLASS] * len(cells)
        if plane_size:
            sizes[0] = _PER_PLACE
        samples = [
            balanced_indices(factors, column, size, seed)
            for column, size in zip(columns, sizes, strict=True)
        ]
    needed = np.unique(np.concatenate(samples))
    codes = _encoded(model, dataset, needed, progress)
    return [
        factor_response(
            codes[np.searchsorted(needed, sample)],
            factors[sample],
            column,
            dataset.factor_sizes,
        )
        for sample, column in zip(samples, columns, strict=True)
    ], is_whole


def _encoded(model, dataset, indices, progress):
    parts = []
    for start in range(0, len(indices), _ENCODED_AT_ONCE):
        part = indices[start : start + _ENCODED_AT_ONCE]
        parts.append(model.encode(dataset.images_at(part))[0])
        if progress is not None:
            progress(start + len(part), len(indices))
    codes = np.concatenate(parts)
    if not np.isfinite(codes).all():
        raise InvalidValue(
            "Codes must be finite to be averaged; received NaN or infinity. The model "
            "has diverged: use an earlier checkpoint."
        )
    return codes


def _plane(dataset, names):
    if names is None:
        there = (p for p in _PLANES if set(p) <= set(dataset.factor_names))
        return next(there, ())
    names = tuple(names)
    if len(names) not in (0, 2) or len(set(names)) != len(names):
        raise InvalidValue(
            "`plane` must be two factors' names, across and down, or none; received "
            f"plane={names!r}. Name two of {', '.join(dataset.factor_names)}."
        )
    _require_factors(dataset, "plane", names)
    return names


def _category(dataset, name, plane):
    sizes = dict(zip(dataset.factor_names, dataset.factor_sizes, strict=True))
    if name is None:
        few = [n for n in _CATEGORIES if sizes.get(n, 99) <= len(CATEGORY_COLORS)]
        return next((n for n in few if n not in plane), "")
    if name:
        _require_factors(dataset, "category", [name])
        if sizes[name] > len(CATEGORY_COLORS) or name in plane:
            raise InvalidValue(
                f"`category` must be a factor of at most {len(CATEGORY_COLORS)} "
                f"classes, outside the plane; received category={name!r} with "
                f"{sizes[name]}. Name another, or give an empty text for one colour."
            )
    return name


def _curves(dataset, names, plane, category):
    if names is None:
        taken = {*plane, category}
        return [name for name in dataset.factor_names if name not in taken]
    _require_factors(dataset, "factors", names)
    # The category has a colour; as a curve over itself it would say nothing.
    return [name for name in names if name != category]


def _require_factors(dataset, argument, names):
    unknown = [name for name in names if name not in dataset.factor_names]
    if unknown:
        raise InvalidValue(
            f"`{argument}` must name factors of {dataset.name}; received "
            f"{', '.join(map(repr, unknown))}. It has "
            f"{', '.join(dataset.factor_names)}."
        )


def _chosen_latents(latents, kl):
    """Which to draw, and which dead ones are left out."""
    order = sorted_by_kl(kl)
    active = is_active(kl)
    if latents is None:
        if not active.any():
            return order, []
        return order[active[order]], np.flatnonzero(~active)
    if isinstance(latents, str) and latents == "all":
        return order, []
    latents = np.atleast_1d(latents)
    is_whole = np.issubdtype(latents.dtype, np.integer) and latents.size
    if not is_whole or latents.min() < 0 or latents.max() >= len(kl):
        raise InvalidValue(
            f"`latents` must be numbers from 0 to {len(kl) - 1}, "
            f'"all" or None; received {latents.tolist()!r}. None draws the active ones.'
        )
    return latents, []


def _class_names(dataset, category):
    if not category:
        return ()
    size = dataset.factor_sizes[dataset.factor_names.index(category)]
    if category == "shape" and "dsprites" in dataset.name and size == 3:
        return SHAPE_NAMES
    return tuple(f"{category} {number}" for number in range(size))


def _notes(dataset, has_plane, has_curves, is_whole, dead):
    kinds = ["shaded: mean code at each place"] * has_plane
    kinds += ["curves: mean code ± one standard deviation"] * has_curves
    many = name_of_many(dataset)
    if is_whole:
        number = f"All {len(dataset):,} {many} of {dataset.name}."
    else:
        each = [f"{_PER_PLACE} {many} a place"] * has_plane
        each += [f"{_PER_CLASS} a point of a curve"] * has_curves
        number = (
            f"{dataset.name}, {', '.join(each)}: the same other factors everywhere."
        )
    names = ", ".join(latent_name(latent) for latent in dead)
    left_out = f"Dead, not drawn: {names}." if len(dead) else ""
    text = "; ".join(kinds)
    return f"{text[0].upper()}{text[1:]}.", f"{number} Rows by KL.", left_out
