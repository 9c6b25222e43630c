"""Categorical columns: the last entries of the last axis are one-hot blocks."""

import numpy as np
from keras import ops

from keras_bvae.datasets.images import as_array, dtype_name
from keras_bvae.errors import InvalidValue
from keras_bvae.losses.reconstruction import categorical_reconstruction
from keras_bvae.rules import is_whole, shown

# What rounding, in half precision too, may leave of a sum of 1.
_ROUNDING = 5e-3


def as_categories(categories):
    """The number of classes of each block, as a tuple of ints.

    Args:
        categories: sequence of ints >= 2, or None for no block.

    Raises:
        ValueError: it is something else.
    """
    try:
        given = tuple(() if categories is None else categories)
    except TypeError:
        given = (None,)
    if isinstance(categories, (str, bytes)) or not all(is_whole(c, 2) for c in given):
        raise InvalidValue(
            "`categories` must be whole numbers >= 2, the classes of each one-hot "
            f"block; received categories={shown(categories)}. Use categories=(3, 2) "
            "for a block of 3 columns and one of 2 at the end."
        )
    return tuple(map(int, given))


def blocks_of(categories, columns):
    """Where each block lies among the columns.

    Args:
        categories: tuple of ints.
        columns: int, the length of the last axis.

    Returns:
        list of slices.
    """
    first, slices = columns - sum(categories), []
    for count in categories:
        slices.append(slice(first, first + count))
        first += count
    return slices


def require_blocks_fit(categories, shape):
    """Raises unless data of the shape `shape`, one example's, can hold the blocks.

    Raises:
        ValueError: they are images, or have fewer columns.
    """
    if categories and len(shape) == 3:
        raise InvalidValue(
            "`categories` are for tables, series and volumes; received categories="
            f"{categories} for images of the shape {tuple(shape)}. Leave them out."
        )
    if sum(categories) > shape[-1]:
        raise InvalidValue(
            f"`categories` must be columns of the data; received categories="
            f"{categories}, {sum(categories)} columns, for data of the shape "
            f"{tuple(shape)}. Name the blocks that stand at the end of the last axis."
        )


def require_probability_rows(values, categories, columns, is_pixels=False):
    """Raises unless each block's rows are 0 and one 1, or probabilities.

    Args:
        values: array or tensor `(n, …)`, finite.
        categories: tuple of ints.
        columns: int, the length of the last axis.
        is_pixels: bool, whether uint8 is read as 0 … 255.

    Raises:
        ValueError: a value lies outside [0, 1], or a row sums to something else than 1.
    """
    if columns < sum(categories):
        return  # which `require_blocks_fit` tells
    values = as_array(values)
    whole = 255 if is_pixels and dtype_name(values.dtype) == "uint8" else 1
    rows = values.reshape(-1, columns)
    for number, block in enumerate(blocks_of(categories, columns)):
        part = rows[:, block].astype("float32") / whole
        is_right = (part >= -_ROUNDING).all(axis=1)
        is_right &= np.abs(part.sum(axis=1) - 1) <= _ROUNDING
        if is_right.all():
            continue
        first = int(np.flatnonzero(~is_right)[0])
        example = first * len(values) // len(rows)
        read = ", read as parts of 255" if whole > 1 else ""
        raise InvalidValue(
            f"A one-hot block must hold 0 and one 1, or probabilities that sum to 1; "
            f"block {number} (columns {block.start} to {block.stop - 1}) has "
            f"{_row_text(part[first])} in example {example}{read}, one of "
            f"{np.count_nonzero(~is_right):,} such rows. Make one column a class, of "
            "floats, with one for missing values."
        )


def categories_reconstruction(images, output, categories):
    """-log p(classes | code) of all blocks, `(batch,)`, in nats.

    Args:
        images, output: tensors `(batch, …, columns)`.
        categories: tuple of ints, at least one.
    """
    return sum(
        categorical_reconstruction(images[..., block], output[..., block])
        for block in blocks_of(categories, images.shape[-1])
    )


def with_probabilities(expected, output, categories):
    """Expected values, with the softmax of each block's logits in its place.

    Args:
        expected, output: tensors `(batch, …, columns)`.
        categories: tuple of ints, at least one.
    """
    blocks = blocks_of(categories, output.shape[-1])
    parts = [expected[..., : blocks[0].start]] if blocks[0].start else []
    parts += [ops.softmax(output[..., block], axis=-1) for block in blocks]
    return ops.concatenate(parts, axis=-1)


def _row_text(row):
    text = ", ".join(f"{float(value):.3g}" for value in row[:6])
    return f"[{text}, …]" if len(row) > 6 else f"[{text}]"
