"""The array of an .npy file, mapped into memory or read piece by piece."""

import numpy as np

from keras_bvae.datasets.storage.array_header import (
    damage_explained,
    read_array_header,
    require_bytes,
    require_room,
    require_small_rows,
)
from keras_bvae.errors import printable
from keras_bvae.files.reading import open_file, require_regular_file


class NpyFile:
    """An array that need not fit into memory. Never unpickles.

    Args:
        path: the file.
        what: str, the subject of a sentence, as "Codes".

    Attributes:
        name: str, what a sentence calls it.
        shape, dtype: of the array.

    Raises:
        OSError: it is no ordinary file, or does not exist.
        ValueError: it holds no array of numbers, or is cut short.
    """

    def __init__(self, path, what="An array"):
        self.path = path
        self.name = printable(getattr(path, "name", str(path)), 100)
        self._mapped = None
        size = require_regular_file(path, what)
        with damage_explained(self.name), open_file(path, what) as file:
            header = read_array_header(file, self.name)
            self.shape, self._is_fortran, self.dtype = header
            self._start = file.tell()
        require_bytes(self.shape, self.dtype, size - self._start, self.name)
        require_small_rows(self.shape, self.dtype, self.name)

    def mapped(self):
        """The array as it lies in the file, read-only.

        Raises:
            ValueError: the file has changed, and has no such array any more.
        """
        if 0 in self.shape:  # nothing cannot be mapped
            return np.empty(self.shape, self.dtype)
        if self._mapped is None:
            order = "F" if self._is_fortran else "C"
            with damage_explained(self.name):
                found = np.memmap(
                    self.path, self.dtype, "r", self._start, self.shape, order
                )
            self._mapped = np.asarray(found)
        return self._mapped

    def chunks(self, rows):
        """Yields the array in pieces of `rows` along its first axis, in order."""
        mapped = self.mapped()
        for start in range(0, len(mapped), rows):
            yield mapped[start : start + rows]

    def read(self):
        """The whole array.

        Raises:
            ValueError: it is larger than what is read at once.
        """
        require_room(self.shape, self.dtype, self.name)
        return np.array(self.mapped())
