"""3D Shapes from its official file, 3dshapes.h5."""

import os
import pathlib

import numpy as np

from keras_bvae.datasets.factors import factors_from_rows
from keras_bvae.datasets.official.official_files import not_in_format, require_file
from keras_bvae.datasets.storage.hdf5_member import Hdf5Member
from keras_bvae.datasets.storage.stored_images import StoredImages
from keras_bvae.errors import InvalidValue

# In the order of the file's columns.
FACTOR_NAMES = (
    "floor_hue",
    "wall_hue",
    "object_hue",
    "scale",
    "shape",
    "orientation",
)
IMAGE_SHAPE = (64, 64, 3)
# 48 MiB of pixels; more where a compressed chunk of the file spans more rows.
ROWS_AT_ONCE = 4096
# A column of more values than this is no list of classes.
MOST_CLASSES = 4096


class Shapes3D(StoredImages):
    """480,000 images of a shape in a room, from six factors; 64 x 64 in colour.

    The file holds a factor's values, such as hues in [0, 1); classes count the values
    that occur, from the smallest. A file in the same format with other rows works too.

    Args:
        path: 3dshapes.h5.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is of another format, lacks an array or is damaged.

    Source: Burgess & Kim 2018, github.com/deepmind/3d-shapes.
    """

    published_factors = (FACTOR_NAMES,)

    def __init__(self, path):
        file = pathlib.Path(os.path.expanduser(path))
        self._images, labels = _open_arrays(file)
        try:
            classes = _classes(labels.read())
        except ValueError as error:
            raise not_in_format("shapes3d", file, error) from error
        super().__init__(
            f"shapes3d:{path}",
            IMAGE_SHAPE,
            factors_from_rows(FACTOR_NAMES, classes),
            description="a shape in a coloured room, from the official file",
            source=file,
        )

    def _read_images(self):
        try:
            yield from self._images.chunks(ROWS_AT_ONCE)
        except ValueError as error:
            raise not_in_format("shapes3d", self.source, error) from error

    def _read_few(self, indices):
        try:
            return self._images.rows(indices)
        except ValueError as error:
            raise not_in_format("shapes3d", self.source, error) from error


def _open_arrays(file):
    require_file("shapes3d", file)
    try:
        images, labels = (Hdf5Member(file, name) for name in ("images", "labels"))
    except KeyError as error:
        problem = f"it holds no array {error.args[0]}"
        raise not_in_format("shapes3d", file, problem) from error
    except ValueError as error:
        raise not_in_format("shapes3d", file, error) from error
    if images.dtype != np.uint8 or images.shape[1:] != IMAGE_SHAPE:
        problem = f"{images.dtype} {images.shape}, not uint8 (n, 64, 64, 3)"
        raise not_in_format("shapes3d", file, f"array images is {problem}")
    expected = (images.shape[0], len(FACTOR_NAMES))
    if labels.dtype.kind not in "iuf" or labels.shape != expected or not expected[0]:
        problem = f"{labels.dtype} {labels.shape}, not float64 {expected}"
        raise not_in_format("shapes3d", file, f"array labels is {problem}")
    return images, labels


def _classes(labels):
    """Class indices `(n, 6)` of values `(n, 6)`: the place among the sorted values."""
    if not np.isfinite(labels).all():
        raise InvalidValue("array labels holds values that are not finite")
    classes = np.empty(labels.shape, np.int64)
    for column, name in enumerate(FACTOR_NAMES):
        values, classes[:, column] = np.unique(labels[:, column], return_inverse=True)
        if len(values) > MOST_CLASSES:
            raise InvalidValue(f"array labels holds {len(values):,} values of {name}")
    return classes
