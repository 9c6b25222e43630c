"""A data set at a glance: a sample, and one row for each factor."""

from dataclasses import replace

import numpy as np

from keras_bvae.datasets.images import sample_indices
from keras_bvae.datasets.values import kind_of, name_of_many
from keras_bvae.errors import InvalidValue
from keras_bvae.pictures.appearance import appearance_of
from keras_bvae.pictures.sheets.image_rows import ImageRow, image_rows_sheet
from keras_bvae.pictures.sheets.sheet import SheetHeader
from keras_bvae.rules import require_seed, require_whole


def contact_sheet(
    dataset, columns=11, sample_rows=2, seed=0, scale=None, factor_names=None
):
    """Shows a data set: a sample of its images, then what each factor does.

    Args:
        dataset: data set with `name`, `image_shape`, `len()`, `images_at(indices)` and
            `has_factors`; with factors also `factor_names`, `factor_sizes` and
            `images(factors)`. Where it has `is_complete_grid` and that is false, also
            `factors_at(indices)`; where `training_weights()`, the sample is drawn by
            them.
        columns: int, the most images in a row; a factor with more classes shows that
            many of them, evenly spaced from the first to the last.
        sample_rows: int, at least 1, rows of images drawn at random.
        seed: int, of that draw.
        scale: int or None, how wide one pixel is drawn. None: as large as stays within
            96 pixels a tile.
        factor_names: names of the factors to show; None: all.

    Returns:
        Sheet.

    Raises:
        ValueError: a factor that the data set lacks, or a number out of range.
    """
    require_whole("columns", columns, 1, advice="Use 11.")
    require_whole("sample_rows", sample_rows, 1, advice="Use 2.")
    require_seed(seed)
    rows = sampled_rows(dataset, columns, sample_rows, seed)
    if dataset.has_factors or factor_names is not None:
        rows += factor_rows(dataset, columns, factor_names)
    look = appearance_of(dataset)
    rows = [replace(row, images=look.images(row.images)) for row in rows]
    header = SheetHeader(title=dataset.name, lines=(_description(dataset),))
    return image_rows_sheet(rows, header, scale)


def _description(dataset):
    *sides, channels = dataset.image_shape
    size = " × ".join(map(str, sides))
    count = f"{len(dataset):,} {name_of_many(dataset, len(dataset))}"
    kind = kind_of(dataset.image_shape)
    if kind == "table":
        return f"{count} of {channels:,} columns, each in standard deviations"
    words = {1: "grey", 3: "colour", 4: "colour and opacity"}
    color = words.get(channels, f"{channels} channels")
    if kind == "images":
        height, width = sides
        pixels = f"{height} × {width} pixels"
        if height != width:
            pixels = f"{width} × {height} pixels (width × height)"
        return f"{count} of {pixels}, {color}"
    channels = f"{channels} channel{'s' * (channels > 1)}"
    if kind == "series":
        return f"{count} of {size} moments, {channels}"
    return f"{count} of {size}, {channels}; their slices through the middle"


def sampled_rows(dataset, columns, sample_rows, seed=0):
    """Images drawn at random, each captioned with its index in the data set.

    Args:
        dataset, columns, sample_rows, seed: as for `contact_sheet`.

    Returns:
        list of ImageRow.
    """
    indices, origin = _sample(dataset, columns * sample_rows, seed)
    rows = []
    for start in range(0, len(indices), columns):
        chosen = indices[start : start + columns]
        rows.append(
            ImageRow(
                label="" if rows else "sample",
                remark="" if rows else origin,
                images=dataset.images_at(chosen),
                captions=tuple(str(index) for index in chosen),
            )
        )
    return rows


def _sample(dataset, count, seed):
    """Image numbers, and how they were drawn."""
    weights = getattr(dataset, "training_weights", lambda: None)()
    if weights is None:
        return sample_indices(dataset, count, seed), "with index"
    shares = weights / weights.sum()
    rng = np.random.default_rng(seed)
    return rng.choice(len(dataset), size=count, p=shares), "as trained on"


def factor_rows(dataset, columns, factor_names=None):
    """A row for each factor, which runs through its classes while the others stay.

    The others stay at their middle class. Where combinations are missing, each class
    shows the image whose other factors come nearest to that, and a class without any
    image is left out. Each caption is the class's index.

    Args:
        dataset, columns, factor_names: as for `contact_sheet`.

    Returns:
        list of ImageRow.

    Raises:
        ValueError: a factor that the data set lacks.
    """
    names = tuple(dataset.factor_names)
    _require_factors(dataset, names, factor_names)
    rows = []
    for name in names if factor_names is None else factor_names:
        column = names.index(name)
        size = dataset.factor_sizes[column]
        classes = np.linspace(0, size - 1, min(columns, size)).round().astype(int)
        if getattr(dataset, "is_complete_grid", True):
            images = _images_in_a_grid(dataset, column, classes)
        else:
            classes, images = _images_nearby(dataset, column, columns)
        rows.append(
            ImageRow(
                label=str(name),
                remark=f"{size} values",
                images=images,
                captions=tuple(str(value) for value in classes),
            )
        )
    return rows


def _images_in_a_grid(dataset, column, classes):
    factors = np.tile(_middle(dataset), (len(classes), 1))
    factors[:, column] = classes
    if not hasattr(dataset, "partners_of"):
        return dataset.images(factors)
    # A hidden factor stays as it is in the middle image: nothing else changes.
    middle = dataset.indices_of(_middle(dataset)[None])
    start = np.repeat(middle, len(classes))
    return dataset.images_at(dataset.partners_of(start, factors))


def _images_nearby(dataset, column, columns):
    """Classes that occur, evenly chosen, and an image of each."""
    factors = dataset.factors_at(np.arange(len(dataset)))
    found = np.unique(factors[:, column])
    places = np.linspace(0, len(found) - 1, min(columns, len(found))).round()
    classes = found[places.astype(int)]
    # Distances as shares of the ranges; the factor itself does not count.
    ranges = np.maximum(np.array(dataset.factor_sizes) - 1, 1.0)
    ranges[column] = np.inf
    distance = (np.abs(factors - _middle(dataset)) / ranges).sum(axis=1)
    nearest = []
    for value in classes:
        rows = np.flatnonzero(factors[:, column] == value)
        nearest.append(rows[distance[rows].argmin()])
    return classes, dataset.images_at(nearest)


def _middle(dataset):
    return np.array([size // 2 for size in dataset.factor_sizes])


def _require_factors(dataset, names, wanted):
    missing = [name for name in wanted or () if name not in names]
    if missing:
        raise InvalidValue(
            f"`factor_names` must be factors of {dataset.name}, which has "
            f"{', '.join(names) or 'none'}; received {', '.join(map(str, missing))}. "
            "Leave it out for all that there are."
        )
