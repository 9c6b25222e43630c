"""One array of an .npz file, read piece by piece."""

import contextlib
import math
import os
import struct
import zipfile

import numpy as np

from keras_bvae.datasets.storage.array_header import (
    MOST_BYTES_AT_ONCE,
    damage_explained,
    read_array_header,
    require_bytes,
    require_room,
    require_small_rows,
    size_of,
)
from keras_bvae.errors import InvalidValue, KerasBVAEError
from keras_bvae.files.reading import open_file

# A zip file says how long name and extra field are that lie before a member's bytes.
_ZIP_HEADER = struct.Struct("<26xHH")
_ENCRYPTED = 1
# Deflate makes of one byte 1,032 at most.
_MOST_PACKING = 1100


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
        if name not in self.names(path):
            raise KeyError(name)
        with damage_explained(name), self._open() as (member, stream):
            self.shape, self.dtype = self._read_header(stream)
            available = member.file_size - stream.tell()
        require_bytes(self.shape, self.dtype, available, name)

    @staticmethod
    def names(path):
        """Names of the arrays in the file."""
        try:
            with open_file(path) as file, zipfile.ZipFile(file) as archive:
                members = archive.namelist()
        except KerasBVAEError:
            raise
        # A damaged directory fails with whatever its numbers end in.
        except Exception as error:
            raise InvalidValue(f"{path} is no .npz file, or is cut short") from error
        return [name.removesuffix(".npy") for name in members]

    def flatten_leading(self, axes):
        """Counts the first `axes` axes as one from now on: rows become that small."""
        self.shape = (math.prod(self.shape[:axes]), *self.shape[axes:])

    def chunks(self, rows):
        """Yields the array in pieces of `rows` along its first axis, in order.

        Raises:
            ValueError: the file is damaged.
        """
        row_shape = self.shape[1:]
        row_bytes = size_of(row_shape, self.dtype)
        require_small_rows(self.shape, self.dtype, self.name)
        if self._is_fortran:
            whole = self._read_column_after_column()
            for start in range(0, self.shape[0], rows):
                yield whole[start : start + rows]
            return
        with damage_explained(self.name), self._open() as (_, stream):
            self._read_header(stream)
            for start in range(0, self.shape[0], rows):
                count = min(rows, self.shape[0] - start)
                data = stream.read(count * row_bytes)
                yield np.frombuffer(data, self.dtype).reshape(count, *row_shape)

    def read(self):
        """The whole array.

        Raises:
            ValueError: it is larger than what is read at once, or damaged.
        """
        if not self.shape[0]:
            return np.empty(self.shape, self.dtype)
        require_room(self.shape, self.dtype, self.name)
        return np.concatenate(list(self.chunks(self.shape[0])))

    def _read_column_after_column(self):
        """All of an array in Fortran's order, whose rows lie scattered."""
        if size_of(self.shape, self.dtype) > MOST_BYTES_AT_ONCE:
            raise InvalidValue(
                f"array {self.name} lies column after column, in "
                f"{size_of(self.shape, self.dtype):,} bytes: save it row after row, "
                "with numpy.ascontiguousarray"
            )
        with damage_explained(self.name), self._open() as (_, stream):
            shape, dtype = self._read_header(stream)
            data = stream.read(size_of(shape, dtype))
            found = np.frombuffer(data, dtype).reshape(shape, order="F")
            return found.reshape(self.shape)

    def mapped(self):
        """The array as it lies in the file, read-only and mapped into memory.

        Its checksum is not looked at: that would read all of it.

        Returns:
            NumPy array; None where the member is compressed, or its axes were
            flattened and do not lie one after the other.

        Raises:
            ValueError: the file is damaged.
        """
        with damage_explained(self.name), self._open() as (member, _):
            if member.compress_type != zipfile.ZIP_STORED:
                return None
            with open_file(self.path) as file:
                file.seek(member.header_offset)
                lengths = _ZIP_HEADER.unpack(file.read(_ZIP_HEADER.size))
                file.seek(sum(lengths), 1)
                shape, dtype = self._read_header(file)
                require_bytes(
                    shape,
                    dtype,
                    os.fstat(file.fileno()).st_size - file.tell(),
                    self.name,
                )
                if 0 in shape:  # nothing cannot be mapped
                    return np.empty(self.shape, self.dtype)
                if self._is_fortran and shape != self.shape:
                    return None
                order = "F" if self._is_fortran else "C"
                return np.asarray(
                    np.memmap(file, self.dtype, "r", file.tell(), self.shape, order)
                )

    @contextlib.contextmanager
    def _open(self):
        """The member's entry in the directory, and its bytes as they were packed."""
        with open_file(self.path) as file, zipfile.ZipFile(file) as archive:
            member = archive.getinfo(f"{self.name}.npy")
            _require_packed_as_numpy_does(member, self.name)
            with archive.open(member) as stream:
                yield member, stream

    def _read_header(self, stream):
        """Shape and dtype, leaving the stream where the values begin."""
        shape, self._is_fortran, dtype = read_array_header(stream, self.name)
        return shape, dtype


def _require_packed_as_numpy_does(member, name):
    if member.flag_bits & _ENCRYPTED:
        raise InvalidValue(f"array {name} is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InvalidValue(f"array {name} is packed otherwise than by NumPy")
    if member.file_size > (member.compress_size + 1) * _MOST_PACKING:
        raise InvalidValue(
            f"array {name} is damaged ({member.compress_size:,} bytes cannot be "
            f"{member.file_size:,} unpacked)"
        )
