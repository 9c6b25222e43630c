"""A NumPy array that holds no images as a data set: a table, series, or volumes."""

import math
import os
import pathlib

import numpy as np

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.numbers.number_rows import NumberRows
from keras_bvae.datasets.own.array_opening import opened_array
from keras_bvae.datasets.own.factor_file import factors_of_rows
from keras_bvae.datasets.own.image_array import ImageArray
from keras_bvae.datasets.storage.npy_file import NpyFile
from keras_bvae.datasets.values import AXES
from keras_bvae.errors import InvalidValue, printable

# Whole in memory, as float32, up to here; larger ones are read from the file.
MOST_BYTES_IN_MEMORY = 2**30
# Axes of the array, the axis of examples included, that each kind has; the first is
# the full form, others lack the axis of channels.
AXES_OF_ARRAYS = {"table": (2,), "series": (3, 2), "volumes": (5, 4)}
_AT_ONCE = 2**24


def array_data(path, kind=None, member=None, **image_options):
    """The data set of `array:FILE`: images, or what its axes say that it is.

    Args:
        path: the file.
        kind: "images", "table", "series" or "volumes"; None: two axes are a table,
            five are volumes, and three or four are images unless the last of four
            counts more than channels of colour.
        member: str, which array of an .npz file; None: its only one, or `images`.
        **image_options: see `ImageArray`.

    Returns:
        Dataset.

    Raises:
        As `ImageArray` and `number_array`; ValueError too where an option of images is
        given for what are none.
    """
    file = pathlib.Path(os.path.expanduser(path))
    array = opened_array(file, member)
    kind = _kind_of_axes(tuple(array.shape)) if kind is None else kind
    if kind == "images":
        return ImageArray(path, member=member, **image_options)
    given = [name for name, value in image_options.items() if value]
    if given:
        raise InvalidValue(
            f"`{given[0]}` is for images; received it for array:{path}, which holds "
            f"{_FEW[kind]}. Leave it out, or write +as=images."
        )
    return number_array(file, array, kind)


def _kind_of_axes(shape):
    if len(shape) == 2:
        return "table"
    # Channels before height and width are told of by the images.
    has_colors = shape[-1] <= 4 or shape[1:2] in ((1,), (3,))
    is_volumes = len(shape) == 5 or (len(shape) == 4 and not has_colors)
    return "volumes" if is_volumes else "images"


def number_array(path, array, kind):
    """The data set of an array, in memory where it is small.

    Args:
        path: its file.
        array: `NpyFile`, or an open member with `shape`, `dtype` and `read()`.
        kind: a key of `AXES_OF_ARRAYS`: what its axes mean. Series and volumes may lack
            the axis of channels.

    Returns:
        Dataset. `FILE.csv` beside it makes its factors, a row an example.

    Raises:
        ValueError: it has other axes, or a value is not finite.
    """
    shape, dtype = tuple(array.shape), array.dtype
    if len(shape) not in AXES_OF_ARRAYS[kind] or 0 in shape:
        raise InvalidValue(
            f"An array of a {kind} must have the shape {AXES[kind]}"
            f"{', or lack the last axis' * (kind != 'table')}; received {path} of the "
            f"shape {shape}. Name another kind with +as=."
        )
    if dtype.kind not in "biuf":
        raise InvalidValue(
            f"An array must hold numbers; received {path} of the type {dtype}. Convert "
            "it with astype('float32')."
        )
    full = shape if len(shape) == AXES_OF_ARRAYS[kind][0] else (*shape, 1)
    table = pathlib.Path(path).with_suffix(".csv")
    found = factors_of_rows(table, shape[0]) if table.exists() else None
    space = None if found is None else found.space
    name, what = f"array:{path}", f"{_FEW[kind]} of a NumPy file"
    if isinstance(array, NpyFile) and 4 * math.prod(shape) > MOST_BYTES_IN_MEMORY:
        dataset = _MappedNumbers(name, array, full[1:], space, shape[0], what)
    else:
        values = np.asarray(array.read()).reshape(full)
        if values.dtype == bool:
            values = values.astype("float32")
        require_finite(path, values)
        dataset = NumberRows(name, values, space, what)
    dataset.factor_values = {} if found is None else found.values
    dataset.factors_from = (
        f"Put them into {table}, a header with their names and a row an example."
    )
    return dataset


_FEW = {"table": "rows", "series": "series", "volumes": "volumes"}


class _MappedNumbers(Dataset):
    """An array that stays in its file."""

    def __init__(self, name, array, shape, space, count, description):
        super().__init__(name, shape, space, count, description)
        self._array = array
        self._is_looked_at = False

    def _images_at(self, indices):
        found = self._array.mapped()[indices]
        return found.reshape(-1, *self.image_shape).astype("float32")

    def prepare(self, progress=None):
        """Looks at every value once: what is not finite shows before training."""
        if self._is_looked_at:
            return
        rows = max(_AT_ONCE // math.prod(self.image_shape), 1)
        done = 0
        for part in self._array.chunks(rows):
            require_finite(self.name, part)
            done += len(part)
            if progress is not None:
                progress(done, len(self))
        self._is_looked_at = True


def require_finite(path, values):
    """Raises unless all values are finite; says how many are not, and where first.

    Raises:
        InvalidValue: as said.
    """
    if values.dtype.kind != "f":
        return
    bad = ~np.isfinite(values)
    if not bad.any():
        return
    first = int(np.argwhere(bad)[0][0])
    raise InvalidValue(
        f"Numbers must be finite; received {printable(str(path), 200)} with "
        f"{np.count_nonzero(bad):,} that are not, the first in example {first:,}. Fill "
        "them in, or leave those examples out."
    )
