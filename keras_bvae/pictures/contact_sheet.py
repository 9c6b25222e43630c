"""A data set at a glance: a sample, and one row for each factor."""

import numpy as np

from keras_bvae.pictures.image_rows import ImageRow, image_rows_picture
from keras_bvae.pictures.image_sample import sample_indices
from keras_bvae.pictures.page_header import PageHeader


def contact_sheet(dataset, columns=11, sample_rows=2, seed=0, scale=None):
    """Shows a data set: a sample of its images, then what each factor does.

    Args:
        dataset: data set with `name`, `image_shape`, `len()`, `images_at(indices)` and
            `has_factors`; with factors also `factor_names`, `factor_sizes` and
            `images(factors)`.
        columns: int, the most images in a row; a factor with more classes shows that
            many of them, evenly spaced from the first to the last.
        sample_rows: int, at least 1, rows of images drawn at random.
        seed: int, of that draw.
        scale: int or None, how wide one pixel is drawn. None: as large as stays within
            96 pixels a tile.

    Returns:
        PIL.Image.Image in mode RGB.
    """
    rows = sampled_rows(dataset, columns, sample_rows, seed)
    if dataset.has_factors:
        rows += factor_rows(dataset, columns)
    height, width, channels = dataset.image_shape
    color = {1: "grey", 3: "colour"}.get(channels, f"{channels} channels")
    description = f"{len(dataset):,} images of {height} x {width} pixels, {color}"
    header = PageHeader(title=dataset.name, lines=(description,))
    return image_rows_picture(rows, header, scale)


def sampled_rows(dataset, columns, sample_rows, seed=0):
    """Images drawn at random, each captioned with its index in the data set.

    Args:
        dataset, columns, sample_rows, seed: as for `contact_sheet`.

    Returns:
        list of ImageRow.
    """
    indices = sample_indices(dataset, columns * sample_rows, seed)
    rows = []
    for start in range(0, len(indices), columns):
        chosen = indices[start : start + columns]
        rows.append(
            ImageRow(
                label="" if rows else "sample",
                remark="" if rows else "with index",
                images=dataset.images_at(chosen),
                captions=tuple(str(index) for index in chosen),
            )
        )
    return rows


def factor_rows(dataset, columns):
    """A row for each factor, which runs through its classes while the others stay.

    The others stay at their middle class. Each caption is the class's index.

    Args:
        dataset, columns: as for `contact_sheet`.

    Returns:
        list of ImageRow.
    """
    sizes = dataset.factor_sizes
    middle = np.array([size // 2 for size in sizes])
    rows = []
    for number, (name, size) in enumerate(
        zip(dataset.factor_names, sizes, strict=True)
    ):
        classes = np.linspace(0, size - 1, min(columns, size)).round().astype(int)
        factors = np.tile(middle, (len(classes), 1))
        factors[:, number] = classes
        rows.append(
            ImageRow(
                label=str(name),
                remark=f"{size} values",
                images=dataset.images(factors),
                captions=tuple(str(value) for value in classes),
            )
        )
    return rows
