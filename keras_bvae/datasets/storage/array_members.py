"""One array of an .npz or HDF5 file, read piece by piece."""

import contextlib
import math
import struct
import zipfile

import h5py
import numpy as np

from keras_bvae.errors import InvalidValue

_HEADER_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
# A zip file says how long name and extra field are that lie before a member's bytes.
_ZIP_HEADER = struct.Struct("<26xHH")


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
        with _damage_explained(name), self._open() as stream:
            self.shape, self.dtype = self._read_header(stream)

    @staticmethod
    def names(path):
        """Names of the arrays in the file."""
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.namelist()
        except OSError:
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
        row_bytes = math.prod(row_shape) * self.dtype.itemsize
        with _damage_explained(self.name), self._open() as stream:
            self._read_header(stream)
            for start in range(0, self.shape[0], rows):
                count = min(rows, self.shape[0] - start)
                data = stream.read(count * row_bytes)
                yield np.frombuffer(data, self.dtype).reshape(count, *row_shape)

    def read(self):
        """The whole array."""
        if not self.shape[0]:
            return np.empty(self.shape, self.dtype)
        return np.concatenate(list(self.chunks(self.shape[0])))

    def mapped(self):
        """The array as it lies in the file, read-only and mapped into memory.

        Its checksum is not looked at: that would read all of it.

        Returns:
            NumPy array; None where the member is compressed.

        Raises:
            ValueError: the file is damaged.
        """
        with _damage_explained(self.name):
            with zipfile.ZipFile(self.path) as archive:
                member = archive.getinfo(f"{self.name}.npy")
            if member.compress_type != zipfile.ZIP_STORED:
                return None
            with open(self.path, "rb") as file:
                file.seek(member.header_offset)
                lengths = _ZIP_HEADER.unpack(file.read(_ZIP_HEADER.size))
                file.seek(sum(lengths), 1)
                self._read_header(file)
                return np.asarray(
                    np.memmap(file, self.dtype, "r", file.tell(), self.shape)
                )

    @contextlib.contextmanager
    def _open(self):
        with (
            zipfile.ZipFile(self.path) as archive,
            archive.open(f"{self.name}.npy") as stream,
        ):
            yield stream

    def _read_header(self, stream):
        """Shape and dtype, leaving the stream where the values begin."""
        version = np.lib.format.read_magic(stream)
        if version not in _HEADER_READERS:
            raise InvalidValue(f"array {self.name} is of an unknown version {version}")
        shape, fortran_order, dtype = _HEADER_READERS[version](stream)
        if dtype.hasobject or fortran_order or not shape:
            raise InvalidValue(
                f"array {self.name} is no plain array of numbers, row after row"
            )
        return shape, dtype


class Hdf5Member:
    """An array inside an HDF5 file that need not fit into memory; see `NpzMember`.

    Args:
        path: the file; it is closed again after each use.
        name: the array's name, with slashes between groups.

    Attributes:
        shape, dtype: of the array.

    Raises:
        KeyError: the file holds no array of this name.
        ValueError: the file is no HDF5 file, or is cut short.
    """

    def __init__(self, path, name):
        self.path = path
        self.name = name
        try:
            file = h5py.File(path, "r")
        except OSError as error:
            raise InvalidValue("it is no HDF5 file, or is cut short") from error
        with file, _damage_explained(name):
            array = file.get(name)
            if isinstance(array, h5py.Dataset):
                self.shape, self.dtype = array.shape, array.dtype
        if not isinstance(array, h5py.Dataset):
            raise KeyError(name)

    def chunks(self, rows):
        """Yields the array in pieces of about `rows` along its first axis, in order.

        Raises:
            ValueError: the file is damaged.
        """
        with self._array() as array:
            step = _rows_of_a_chunk(array)
            rows = max(rows // step, 1) * step
            for start in range(0, len(array), rows):
                yield array[start : start + rows]

    def rows(self, indices):
        """Some rows, in the order that they are asked for.

        A compressed chunk is unpacked whole, and here once, however many of the rows
        lie in it.

        Args:
            indices: int array, shape `(n,)`, each in 0 … shape[0] - 1.

        Returns:
            NumPy array, first dimension n.

        Raises:
            ValueError: the file is damaged.
        """
        indices = np.asarray(indices)
        wanted = np.empty((len(indices), *self.shape[1:]), self.dtype)
        with self._array() as array:
            band = indices // _rows_of_a_chunk(array)
            for each in np.unique(band):
                places = np.flatnonzero(band == each)
                rows = indices[places]
                first = rows.min()
                wanted[places] = array[first : rows.max() + 1][rows - first]
        return wanted

    def read(self):
        """The whole array."""
        with self._array() as array:
            return array[:]

    @contextlib.contextmanager
    def _array(self):
        with _damage_explained(self.name), h5py.File(self.path, "r") as file:
            yield file[self.name]


def _rows_of_a_chunk(array):
    """Rows that are unpacked together: pieces along these borders unpack them once."""
    return array.chunks[0] if array.chunks else 1


@contextlib.contextmanager
def _damage_explained(name):
    """Tells of damaged bytes, on which readers fail with whatever they stumble over."""
    try:
        yield
    except (InvalidValue, FileNotFoundError, PermissionError):
        raise
    except Exception as error:
        raise InvalidValue(f"array {name} is damaged ({error})") from error
