"""One array of an .npz file, read piece by piece."""

import contextlib
import math
import zipfile
import zlib

import numpy as np

_HEADER_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class NpzMember:
    """An array inside an .npz file that need not fit into memory. Never unpickles.

    Args:
        path: the file.
        name: the array's name, as in `numpy.load(path)[name]`.

    Attributes:
        shape, dtype: of the array.

    Raises:
        FileNotFoundError: there is no such file.
        KeyError: the file holds no array of this name.
        ValueError: the file is no .npz or cut short, or the array holds objects.
    """

    def __init__(self, path, name):
        self.path = path
        self.name = name
        with self._open() as stream:
            self._read_header(stream)

    @staticmethod
    def names(path):
        """Names of the arrays in the file."""
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.namelist()
        except zipfile.BadZipFile as error:
            raise ValueError(f"{path} is no .npz file, or is cut short") from error
        return [name.removesuffix(".npy") for name in members]

    def chunks(self, rows):
        """Yields the array in pieces of `rows` along its first axis, in order.

        Raises:
            ValueError: the file is damaged.
        """
        row_shape = self.shape[1:]
        row_bytes = math.prod(row_shape) * self.dtype.itemsize
        try:
            with self._open() as stream:
                self._read_header(stream)
                for start in range(0, self.shape[0], rows):
                    count = min(rows, self.shape[0] - start)
                    data = stream.read(count * row_bytes)
                    yield np.frombuffer(data, self.dtype).reshape(count, *row_shape)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise ValueError(f"array {self.name} is damaged ({error})") from error

    def read(self):
        """The whole array."""
        if not self.shape[0]:
            return np.empty(self.shape, self.dtype)
        return np.concatenate(list(self.chunks(self.shape[0])))

    @contextlib.contextmanager
    def _open(self):
        if self.name not in self.names(self.path):
            raise KeyError(self.name)
        with (
            zipfile.ZipFile(self.path) as archive,
            archive.open(f"{self.name}.npy") as stream,
        ):
            yield stream

    def _read_header(self, stream):
        version = np.lib.format.read_magic(stream)
        if version not in _HEADER_READERS:
            raise ValueError(f"array {self.name} is of an unknown version {version}")
        self.shape, fortran_order, self.dtype = _HEADER_READERS[version](stream)
        if self.dtype.hasobject or fortran_order or not self.shape:
            raise ValueError(
                f"array {self.name} is no plain array of numbers, row after row"
            )
