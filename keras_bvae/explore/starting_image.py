"""The image that the sliders start from: one of the data set, or a user's picture."""

import contextlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from keras_bvae.datasets.catalog import picture_options
from keras_bvae.datasets.images import sample_indices
from keras_bvae.datasets.own.image_file import read_image_file
from keras_bvae.datasets.values import an, name_of_many, name_of_one
from keras_bvae.errors import InvalidValue, MissingPackage, Unusable, printable
from keras_bvae.files.reading import require_regular_file
from keras_bvae.rules import is_finite

# Of a picture that someone sends; a JPEG of more is read at a part of its size.
_MOST_PIXELS = 64_000_000
_MOST_BYTES = 64 * 2**20
_LONGEST_NAME = 200


class StartingImage(NamedTuple):
    """An image, and what the page says of it.

    Attributes:
        pixels: uint8 array, shape `(height, width, channels)`.
        caption: str.
        number: int, or None where it is none of the data set.
    """

    pixels: np.ndarray
    caption: str
    number: int | None = None


def image_of_number(dataset, number):
    """An image of the data set, with the factors that made it where they are known.

    Args:
        dataset: data set.
        number: int or float that is whole, in 0 … len(dataset) - 1.

    Returns:
        StartingImage.

    Raises:
        ValueError: there is no such image.
    """
    last, one = len(dataset) - 1, name_of_one(dataset)
    if not is_finite(number, 0, last) or number != int(number):
        raise InvalidValue(
            f"{an(one).capitalize()}'s number must be whole and from 0 to {last:,}; "
            f"received {number!r}. Or click on {an(one)}."
        )
    number = int(number)
    caption = f"{dataset.name}, {one} {number:,}"
    if dataset.has_factors:
        factors = dataset.factors_at([number])[0]
        pairs = zip(dataset.factor_names, factors, strict=True)
        caption += ": " + ", ".join(f"{name} {value}" for name, value in pairs)
    return StartingImage(dataset.images_at([number])[0], caption, number)


def image_of_file(dataset, path):
    """A user's picture, made to fit the data set's size.

    Args:
        dataset: data set.
        path: the file.

    Returns:
        StartingImage.

    Raises:
        InvalidValue: it is no picture, too large, or cannot be read.
    """
    if dataset.kind != "images":
        raise InvalidValue(
            f"A picture starts images only; received one for {dataset.name}, which "
            f"holds {name_of_many(dataset)}. Type the number of one of them."
        )
    name = printable(Path(path).name, longest=_LONGEST_NAME)
    try:
        size = require_regular_file(path, "A picture")
        if size > _MOST_BYTES:
            raise InvalidValue(
                f"A picture may have {_MOST_BYTES:,} bytes at most; received {name} "
                f"of {size:,}. Scale it down."
            )
        options = {**_options_of(dataset), "max_pixels": _MOST_PIXELS}
        pixels = read_image_file(path, dataset.image_shape, **options)[0]
    except (InvalidValue, Unusable, MissingPackage) as error:
        # Its owner knows the file by its name, not by where the page has put it.
        raise InvalidValue(str(error).replace(str(path), name)) from error
    return StartingImage(pixels, f"your picture {name}")


def _options_of(dataset):
    """How the data set's own pictures are read, by its name; {} where that is none."""
    with contextlib.suppress(InvalidValue):
        return picture_options(dataset.name)
    return {}


def offered_numbers(dataset, count, page=0):
    """The images that the page offers to start from; every page has others.

    Args:
        dataset: data set.
        count: int, at least 1.
        page: int >= 0.

    Returns:
        list of int, in random order: neighbours in a data set look alike.
    """
    numbers = sample_indices(dataset, count, seed=page)
    return np.random.default_rng(page).permutation(numbers).tolist()
