"""Numbers that are no images: rows of a table, series, volumes; what they must be."""

import numpy as np

from keras_bvae.datasets.images import as_array, dtype_name
from keras_bvae.errors import InvalidValue

KINDS = {1: "table", 2: "series", 3: "images", 4: "volumes"}
"""What data are, by the number of axes of one example."""

AXES = {
    "table": "(n, columns)",
    "series": "(n, time, channels)",
    "images": "(n, height, width, channels)",
    "volumes": "(n, depth, height, width, channels)",
}
"""How arrays of each kind lie."""


def kind_of(shape):
    """ "table", "series", "images" or "volumes": what data of this shape are.

    Args:
        shape: of one example, without the axis of examples.

    Returns:
        str, a value of `KINDS`.

    Raises:
        ValueError: it has no axis, or more than four.
    """
    if len(shape) not in KINDS:
        raise InvalidValue(
            "Data must be a table, series, images or volumes, of 1 to 4 axes an "
            f"example; received the shape {tuple(shape)}. Flatten some of them."
        )
    return KINDS[len(shape)]


def name_of_one(dataset):
    """What an example is called in a sentence: "image", "row", "series", "volume"."""
    return _ONE[kind_of(dataset.image_shape)]


def name_of_many(dataset, count=2):
    """The same of several: "images", "rows", "series", "volumes"; of one as of one."""
    names = _ONE if count == 1 else _MANY
    return names[kind_of(dataset.image_shape)]


def an(word):
    """A word with its article: "an image", "a row"."""
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def names_of_kind(kind):
    """What one and several examples of a kind, a value of `KINDS`, are called."""
    return _ONE[kind], _MANY[kind]


_ONE = {"table": "row", "series": "series", "images": "image", "volumes": "volume"}
_MANY = {"table": "rows", "series": "series", "images": "images", "volumes": "volumes"}


def require_value_shape(shape, shape_of_one):
    """Raises unless an array of this shape holds such examples.

    Args:
        shape: of the array or of what is to come: an axis may be None, or the whole
            shape, where it is not known yet.
        shape_of_one: tuple of 1 to 4 ints.

    Raises:
        ValueError: it does not.
    """
    if shape is None or getattr(shape, "rank", 0) is None:
        return
    shape, wanted = tuple(shape), tuple(shape_of_one)
    fits = len(shape) == len(wanted) + 1 and all(
        there in (None, here) for there, here in zip(shape[1:], wanted, strict=True)
    )
    if not fits:
        raise InvalidValue(
            f"`x` must have the shape (n, {', '.join(map(str, wanted))}), as the "
            f"network takes it; received shape={shape}. "
            + _advice_on_shape(shape, wanted)
        )


def require_number_type(dtype):
    """Raises unless numbers of this type can be a table's, a series' or a volume's.

    Args:
        dtype: NumPy's or any framework's.

    Raises:
        ValueError: it is complex, text, or the like.
    """
    name = dtype_name(dtype)
    if not name.startswith(("float", "bfloat", "int", "uint", "bool")):
        raise InvalidValue(
            f"`x` must be numbers; received dtype={name}. Convert it with "
            "x.astype('float32')."
        )


def require_finite_values(values):
    """Raises unless all of an array or tensor is finite, in float32 too.

    Raises:
        ValueError: a value is NaN, infinite, or beyond float32.
    """
    values = as_array(values)
    if values.dtype.kind in "iub" or np.isfinite(values.astype("float32")).all():
        return
    values = values.astype("float64")
    missing, endless = np.isnan(values).sum(), np.isinf(values).sum()
    if missing or endless:
        raise InvalidValue(
            f"`x` must be finite; received {missing:,} NaN and {endless:,} infinite "
            f"values among {values.size:,}. Fill them in, or leave their rows out."
        )
    raise InvalidValue(
        "`x` must fit into float32, up to 3.4e38; received values up to "
        f"{np.abs(values).max():.3g}. Take the logarithm, or another unit."
    )


def _advice_on_shape(shape, wanted):
    if len(shape) == len(wanted):
        # One example, or one that lacks its channel.
        is_one = None in shape or shape == wanted
        return (
            "Give one example as x[None]." if is_one else "Add an axis: x[..., None]."
        )
    return "Build the network for this shape, or take other columns."
