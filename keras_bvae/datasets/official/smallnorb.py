"""smallNORB from its original files: binary matrices called .mat, which are no MATLAB.

A file is a header of little-endian 32-bit numbers, and the values with the last axis
fastest. The header is a magic number for the type, the number of axes, and the length
of each axis, of which at least three are written.

Source: cs.nyu.edu/~ylclab/data/norb-v1.0-small
"""

import contextlib
import gzip
import math
import os
import pathlib
import struct
import zlib

import numpy as np

from keras_bvae.datasets.factors import factors_from_rows
from keras_bvae.datasets.images import require_image_size, resized
from keras_bvae.datasets.official.official_files import OFFICIAL_FILES, where_to_get
from keras_bvae.datasets.storage.array_header import require_room, require_small_rows
from keras_bvae.datasets.storage.stored_images import StoredImages, version_of_files
from keras_bvae.errors import InvalidValue, MissingFile
from keras_bvae.files.reading import open_file

FACTOR_NAMES = ("category", "instance", "elevation", "azimuth", "lighting")
# The azimuth is stored in steps of 10 degrees, and seen every 20.
AZIMUTH_COLUMN = 3
MOST_CLASSES = 4096
ROWS_AT_ONCE = 512  # pairs of images: 9 MiB
# By the magic number of a matrix.
DTYPES = {0x1E3D4C55: np.dtype("u1"), 0x1E3D4C54: np.dtype("<i4")}
MOST_AXES = 8


class SmallNORB(StoredImages):
    """48,600 grey photographs of 50 toys from five factors, scaled down from 96.

    Training and testing files together, in this order, as the literature on
    disentanglement takes them, and of each stereo pair the first image. Metrics score
    four of the factors, as disentanglement_lib does; the instance varies freely.

    Args:
        path: the folder of the six files, each as .mat or .mat.gz.
        image_size: height and width of the images, 8 … 512.

    Raises:
        FileNotFoundError: the folder or one of the files is missing.
        ValueError: a file is of another format or damaged; or image_size is out of
            range.

    Source: LeCun, Huang & Bottou 2004; the scaling to 64 x 64 is that of
    disentanglement_lib.
    """

    published_factors = (tuple(n for n in FACTOR_NAMES if n != "instance"),)

    def __init__(self, path, image_size=64):
        require_image_size("smallnorb", image_size)
        folder = pathlib.Path(os.path.expanduser(path))
        self._files = _find_files(folder)
        try:
            matrices = [NorbMatrix(file) for file in self._files]
            factors = np.concatenate([_factors(*matrices[:3]), _factors(*matrices[3:])])
        except ValueError as error:
            raise _unusable(folder, error) from error
        self._photographs = matrices[0], matrices[3]
        super().__init__(
            f"smallnorb:{path}",
            (int(image_size), int(image_size), 1),
            factors_from_rows(FACTOR_NAMES, factors),
            description="photographs of toys, from the original files",
            source=folder,
        )

    def _version(self):
        return version_of_files(self._files)

    def _read_images(self):
        try:
            for matrix in self._photographs:
                for pairs in matrix.chunks(ROWS_AT_ONCE):
                    yield self._first_of(pairs)
        except ValueError as error:
            raise _unusable(self.source, error) from error

    def _read_few(self, indices):
        parts = [matrix.mapped() for matrix in self._photographs]
        if any(part is None for part in parts):
            return None
        images = np.empty((len(indices), *self.image_shape), np.uint8)
        is_later = indices >= len(parts[0])
        images[~is_later] = self._first_of(parts[0][indices[~is_later]])
        images[is_later] = self._first_of(parts[1][indices[is_later] - len(parts[0])])
        return images

    def _first_of(self, pairs):
        return resized(pairs[:, 0, :, :, None], self.image_shape[0])


class NorbMatrix:
    """A matrix that need not fit into memory.

    Args:
        path: pathlib.Path, a .mat file, or one that gzip packed, .mat.gz.

    Attributes:
        shape, dtype: of the matrix.

    Raises:
        ValueError: the file is of another format or cut short.
    """

    def __init__(self, path):
        self.path = path
        self._is_packed = path.suffix == ".gz"
        with self._stream() as stream:
            self.shape, self.dtype = _read_header(stream, path.name)
            self._start = stream.tell()
        size = path.stat().st_size
        # Gzip makes of one byte 1,032 at most.
        most = size * 1100 if self._is_packed else size
        if most < self._end():
            raise InvalidValue(f"{path.name} is cut short")
        require_small_rows(self.shape, self.dtype, path.name)

    def chunks(self, rows):
        """Yields the matrix in pieces of `rows` along its first axis, in order.

        Raises:
            ValueError: the file is damaged.
        """
        row_bytes = math.prod(self.shape[1:]) * self.dtype.itemsize
        with self._stream() as stream:
            stream.seek(self._start)
            for start in range(0, self.shape[0], rows):
                count = min(rows, self.shape[0] - start)
                data = stream.read(count * row_bytes)
                if len(data) < count * row_bytes:
                    raise InvalidValue(f"{self.path.name} is cut short")
                yield np.frombuffer(data, self.dtype).reshape(count, *self.shape[1:])

    def read(self):
        """The whole matrix."""
        require_room(self.shape, self.dtype, self.path.name)
        return np.concatenate(list(self.chunks(self.shape[0])))

    def mapped(self):
        """The matrix mapped from the file, read-only; None where gzip packed it."""
        if self._is_packed:
            return None
        return np.asarray(
            np.memmap(self.path, self.dtype, "r", self._start, self.shape)
        )

    def _end(self):
        return self._start + math.prod(self.shape) * self.dtype.itemsize

    @contextlib.contextmanager
    def _stream(self):
        try:
            unpack = gzip.open if self._is_packed else contextlib.nullcontext
            with (
                open_file(self.path, "A file of smallNORB") as file,
                unpack(file) as stream,
            ):
                yield stream
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InvalidValue(f"{self.path.name} is damaged ({error})") from error
        except struct.error as error:
            raise InvalidValue(f"{self.path.name} is cut short") from error


def _find_files(folder):
    """Paths of the six files, in the order of OFFICIAL_FILES."""
    found, missing = [], []
    for official in OFFICIAL_FILES["smallnorb"]:
        packed = folder / official.name
        there = [file for file in (packed.with_suffix(""), packed) if file.exists()]
        found += there[:1]
        missing += [] if there else [official.name]
    if missing:
        raise MissingFile(
            "smallNORB must be a folder that holds its six files; received "
            f"{folder}, which lacks {len(missing)} of them. "
            + where_to_get("smallnorb", missing)
        )
    return found


def _factors(photographs, categories, information):
    """Class indices, int64 `(n, 5)`, of a training or testing part."""
    count, shape = photographs.shape[0], photographs.shape
    if photographs.dtype != np.uint8 or len(shape) != 4 or shape[2] != shape[3]:
        raise InvalidValue(
            f"{photographs.path.name} is {photographs.dtype} {shape}, not uint8 "
            "(n, 2, 96, 96)"
        )
    for matrix, row in ((categories, ()), (information, (4,))):
        if matrix.shape != (count, *row) or matrix.dtype.kind != "i":
            raise InvalidValue(
                f"{matrix.path.name} is {matrix.dtype} {matrix.shape}, not int32 "
                f"{(count, *row)}"
            )
    factors = np.column_stack([categories.read(), information.read()]).astype(np.int64)
    factors[:, AZIMUTH_COLUMN] //= 2
    if factors.min() < 0 or factors.max() >= MOST_CLASSES:
        raise InvalidValue(
            f"{information.path.name} has factors from {factors.min()} to "
            f"{factors.max()}"
        )
    return factors


def _unusable(folder, problem):
    names = [official.name for official in OFFICIAL_FILES["smallnorb"]]
    culprits = [name for name in names if name.removesuffix(".gz") in str(problem)]
    return InvalidValue(
        "smallNORB must be in its original format; received "
        f"{folder}: {problem}. {where_to_get('smallnorb', culprits)}"
    )


def _read_header(stream, name):
    """Shape and dtype, leaving the stream where the values begin."""
    magic, axes = struct.unpack("<Ii", stream.read(8))
    if magic not in DTYPES or not 0 < axes <= MOST_AXES:
        raise InvalidValue(f"{name} does not begin like such a file")
    written = max(axes, 3)
    shape = struct.unpack(f"<{written}i", stream.read(4 * written))[:axes]
    if min(shape) < 1:
        raise InvalidValue(f"{name} has axes of the lengths {shape}")
    return shape, DTYPES[magic]
