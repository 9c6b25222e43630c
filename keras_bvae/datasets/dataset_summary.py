"""What a data set is, in a few lines."""

import math

# Of a factor's values as its table has them, so many are listed.
MOST_VALUES = 12


def dataset_summary(dataset):
    """What a data set is: images, factors, size, and what was changed.

    Args:
        dataset: Dataset.

    Returns:
        str, several lines.
    """
    height, width, channels = dataset.image_shape
    color = {1: "greyscale", 3: "colour"}.get(channels, f"{channels} channels")
    return "\n".join(
        [
            f"{dataset.name}: {dataset.description}".rstrip(": "),
            f"{len(dataset):,} images, {height} x {width}, {color}",
            *_factor_lines(dataset),
            _size_line(dataset),
            *(f"changed: {change}" for change in dataset.changes),
        ]
    )


def _factor_lines(dataset):
    if not dataset.has_factors:
        return ["no factors"]
    pairs = zip(dataset.factor_names, dataset.factor_sizes, strict=True)
    lines = ["factors: " + ", ".join(f"{name} {size}" for name, size in pairs)]
    for name in dataset.factor_names:
        values = values_in_words(dataset, name)
        lines += [f"{name}: {values}"] if values else []
    if not dataset.is_complete_grid:
        lines.append("not every combination of the factors has an image")
    return lines


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


def _size_line(dataset):
    size = len(dataset) * math.prod(dataset.image_shape)
    if dataset.packs_bits:
        return f"pixels: {_in_words(size)}, kept as bits in {_in_words(size // 8)}"
    return f"pixels: {_in_words(size)}"


def _in_words(size):
    """A number of bytes to three digits: 3.02 GB, 377 MB, 27 bytes."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} bytes"
