"""The official dSprites files, .npz and .hdf5."""

import os
import pathlib

import numpy as np

from keras_bvae.datasets.factors import factors_from_rows
from keras_bvae.datasets.official.official_files import (
    not_in_format,
    require_file,
    where_to_get,
)
from keras_bvae.datasets.sprites.packed_images import PackedDataset
from keras_bvae.datasets.sprites.sprite_geometry import FACTOR_NAMES, IMAGE_SIZE
from keras_bvae.datasets.sprites.sprite_renderer import PACKED_BYTES
from keras_bvae.datasets.storage.array_members import NpzMember
from keras_bvae.datasets.storage.hdf5_member import Hdf5Member
from keras_bvae.errors import InvalidValue

# How each format is read, and what it calls the images and their classes. The .npz file
# also holds `metadata`, a pickle, which must never be touched.
FORMATS = {
    ".npz": (NpzMember, "imgs", "latents_classes"),
    ".hdf5": (Hdf5Member, "imgs", "latents/classes"),
    ".h5": (Hdf5Member, "imgs", "latents/classes"),
}
# 16 MiB of pixels at a time, so that memory stays near the 377 MB of the packed whole.
ROWS_AT_ONCE = 4096
# Keeps the grid of five factors within 64 bits; the official file needs 40.
MOST_CLASSES = 4096
# Of the packed images, which memory holds; the official ones have 0.4 GB.
MOST_BYTES = 2**31


class DSpritesFile(PackedDataset):
    """dSprites from an official file; also from one in its format with other rows.

    The factors are the file's own. Where they are not a complete grid, images can be
    asked for by index and by the combinations that exist, and `sample_factors` draws
    from those. Images are read when the first one is needed.

    Args:
        path: a file whose name ends in .npz, .hdf5 or .h5.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is of another format, lacks an array or is damaged.
    """

    def __init__(self, path):
        self.path = pathlib.Path(os.path.expanduser(path))
        self._image_array, class_array = _open_arrays(self.path)
        try:
            classes = class_array.read()
        except ValueError as error:
            raise not_in_format("dsprites", self.path, error) from error
        _require_classes(self.path, classes)
        super().__init__(
            f"dsprites:{path}",
            factors_from_rows(FACTOR_NAMES, classes[:, 1:].astype(np.int64)),
            description="white sprites on black, from an official file",
        )

    def _read_packed(self, progress):
        packed = np.empty((len(self), PACKED_BYTES), np.uint8)
        done = 0
        try:
            for images in self._image_array.chunks(ROWS_AT_ONCE):
                if images.max() > 1:
                    raise InvalidValue(
                        f"array imgs must be 0 or 1; found {images.max()}"
                    )
                bits = np.packbits(images.reshape(len(images), -1), axis=1)
                packed[done : done + len(images)] = bits
                done += len(images)
                if progress is not None:
                    progress(done, len(self))
        except ValueError as error:
            raise not_in_format("dsprites", self.path, error) from error
        return packed


def _open_arrays(path):
    if path.suffix.lower() not in FORMATS:
        raise InvalidValue(
            "A dSprites file must end in .npz, .hdf5 or .h5; "
            f"received {path}. {where_to_get('dsprites')}"
        )
    require_file("dsprites", path)
    reader, *names = FORMATS[path.suffix.lower()]
    try:
        images, classes = (reader(path, name) for name in names)
    except KeyError as error:
        problem = f"it holds no array {error.args[0]}"
        raise not_in_format("dsprites", path, problem) from error
    except (ValueError, OSError) as error:
        raise not_in_format("dsprites", path, error) from error
    _require_arrays(path, images, classes)
    return images, classes


def _require_arrays(path, images, classes):
    shape, dtype = images.shape, images.dtype
    if (
        len(shape) != 3
        or shape[1:] != (IMAGE_SIZE,) * 2
        or dtype not in ("uint8", "bool")
    ):
        raise not_in_format(
            "dsprites",
            path,
            f"array {images.name} is {dtype} {shape}, not uint8 (n, 64, 64)",
        )
    if len(images.shape) and images.shape[0] * PACKED_BYTES > MOST_BYTES:
        most = MOST_BYTES // PACKED_BYTES
        problem = f"it has {images.shape[0]:,} images, and {most:,} at most are kept"
        raise not_in_format("dsprites", path, problem)
    shape, dtype = classes.shape, classes.dtype
    expected = (images.shape[0], 1 + len(FACTOR_NAMES))
    if shape != expected or dtype.kind not in "iu" or not shape[0]:
        raise not_in_format(
            "dsprites",
            path,
            f"array {classes.name} is {dtype} {shape}, not int64 {expected}",
        )


def _require_classes(path, classes):
    if (classes[:, 0] != 0).any():
        raise not_in_format(
            "dsprites", path, "its first class, the colour, is not 0 everywhere"
        )
    if classes.min() < 0 or classes.max() >= MOST_CLASSES:
        raise not_in_format(
            "dsprites", path, f"its classes run from {classes.min()} to {classes.max()}"
        )
