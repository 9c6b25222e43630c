"""What a data set is in a few lines, and how far two of them agree."""

import math
from dataclasses import dataclass

import numpy as np

from keras_bvae.errors import InvalidValue

# Of a factor's values as its table has them, so many are listed.
MOST_VALUES = 12
# 16 MiB of pixels of each data set at a time.
IMAGES_AT_ONCE = 4096


@dataclass(frozen=True)
class Comparison:
    """What `compare` counted.

    Attributes:
        images: number of images compared.
        images_that_differ: how many of them differ in at least one pixel.
        pixels_that_differ: how many pixels differ, in all.
        first_index: index, in the first data set, of the first image that differs;
            None where none does.
        worst_index: index of the image with the most different pixels, or None.
        worst_pixels: how many pixels differ in that one.
    """

    images: int
    images_that_differ: int
    pixels_that_differ: int
    first_index: int | None
    worst_index: int | None
    worst_pixels: int


def dataset_summary(dataset):
    """What a data set is: images, factors, size, and what was changed.

    Args:
        dataset: Dataset.

    Returns:
        str, several lines.
    """
    return "\n".join(
        [
            f"{dataset.name}: {dataset.description}".rstrip(": "),
            f"{len(dataset):,} {_shape_in_words(dataset)}",
            *_channel_lines(dataset),
            *_factor_lines(dataset),
            _size_line(dataset),
            *(f"changed: {change}" for change in dataset.changes),
        ]
    )


def values_in_words(dataset, factor):
    """The values that a factor's classes stand for: "0 = blue, 1 = green".

    Args:
        dataset: Dataset.
        factor: str, one of its factors.

    Returns:
        str, with an ellipsis beyond 12; "" where no table says what the classes are, or
        the values are their numbers.
    """
    values = dataset.factor_values.get(factor, ())
    listed = [f"{number} = {value}" for number, value in enumerate(values)]
    if all(value == str(number) for number, value in enumerate(values)):
        return ""
    return ", ".join(listed[:MOST_VALUES] + ["…"] * (len(values) > MOST_VALUES))


def compare(dataset, reference, progress=None):
    """Counts the images and pixels in which two data sets differ.

    Each image of `dataset` is held against the image that `reference` has for the same
    factors, so the first may hold fewer images, or in another order.

    Args:
        dataset: Dataset with factors.
        reference: Dataset with the same factors, and at least these combinations.
        progress: function called as `progress(done, total)` along the way, or None.

    Returns:
        Comparison.

    Raises:
        ValueError: no factors, other factors, images of another size, or a combination
            that the reference lacks.
    """
    _require_comparable(dataset, reference)
    different = np.zeros(len(dataset), np.int64)
    for start in range(0, len(dataset), IMAGES_AT_ONCE):
        rows = np.arange(start, min(start + IMAGES_AT_ONCE, len(dataset)))
        expected = reference.images(dataset.factors_at(rows))
        unequal = dataset.images_at(rows) != expected
        different[rows] = np.count_nonzero(unequal, axis=(1, 2, 3))
        if progress is not None:
            progress(rows[-1] + 1, len(dataset))
    return _summed_up(different)


def _shape_in_words(dataset):
    *sides, channels = dataset.image_shape
    if dataset.kind == "table":
        return f"rows of {channels:,} numbers"
    if dataset.kind == "images":
        words = {1: "greyscale", 3: "colour", 4: "colour and opacity"}
        color = words.get(channels, f"{channels} channels")
        height, width = sides
        size = f"{height} x {width}"
        if height != width:
            size = f"{width} wide x {height} high"
        return f"images, {size}, {color}"
    many = f"{channels} channel{'s' * (channels > 1)}"
    if dataset.kind == "series":
        return f"series, {sides[0]} moments of {many}"
    return f"volumes, {' x '.join(map(str, sides))}, {many}"


def _channel_lines(dataset):
    """What a table's columns or a series' channels are called."""
    names = dataset.channel_names
    if not names:
        return []
    numbers = names[: len(names) - dataset.unscaled_columns]
    blocks = dict.fromkeys(n.partition("=")[0] for n in names[len(numbers) :])
    what = "columns" if dataset.kind == "table" else "channels"
    listed = ", ".join(numbers[:MOST_VALUES]) + ", …" * (len(numbers) > MOST_VALUES)
    lines = [f"{what}: {listed}"] if numbers else []
    pairs = zip(blocks, dataset.categories, strict=False)
    sizes = ", ".join(f"{name} {size}" for name, size in pairs)
    return [*lines, f"categories: {sizes}"] if blocks else lines


def _factor_lines(dataset):
    if not dataset.has_factors:
        return ["no factors"]
    pairs = zip(dataset.factor_names, dataset.factor_sizes, strict=True)
    lines = ["factors: " + ", ".join(f"{name} {size}" for name, size in pairs)]
    for name in dataset.factor_names:
        values = values_in_words(dataset, name)
        lines += [f"{name}: {values}"] if values else []
    if not dataset.is_complete_grid:
        lines.append(
            "not every combination of the factors has "
            + ("an image" if dataset.kind == "images" else "an example")
        )
    return lines


def _size_line(dataset):
    size = len(dataset) * math.prod(dataset.image_shape)
    if dataset.kind != "images":
        return f"numbers: {size:,}, in {_in_words(4 * size)}"
    if dataset.packs_bits:
        return f"pixels: {_in_words(size)}, kept as bits in {_in_words(size // 8)}"
    return f"pixels: {_in_words(size)}"


def _in_words(size):
    """A number of bytes to three digits: 3.02 GB, 377 MB, 27 bytes."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} bytes"


def _require_comparable(dataset, reference):
    dataset.require_factors("compare")
    reference.require_factors("compare")
    if (
        dataset.factor_names != reference.factor_names
        or dataset.image_shape != reference.image_shape
    ):
        raise InvalidValue(
            "Two data sets to compare must have the same factors and image size; "
            f"received {dataset.name} with {dataset.factor_names} and "
            f"{dataset.image_shape}, {reference.name} with {reference.factor_names} "
            f"and {reference.image_shape}. Compare dsprites with another dsprites."
        )


def _summed_up(different):
    """The record of an int array `(n,)` with the number of unequal pixels of each."""
    some = bool(different.any())
    return Comparison(
        images=len(different),
        images_that_differ=int(np.count_nonzero(different)),
        pixels_that_differ=int(different.sum()),
        first_index=int(np.argmax(different > 0)) if some else None,
        worst_index=int(np.argmax(different)) if some else None,
        worst_pixels=int(different.max(initial=0)),
    )
