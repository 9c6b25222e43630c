"""One array of an HDF5 file, read piece by piece, and of no other file."""

import contextlib

import h5py
import numpy as np

from keras_bvae.datasets.storage.array_header import (
    damage_explained,
    require_plain,
    require_room,
    require_small_rows,
    size_of,
)
from keras_bvae.errors import InvalidValue
from keras_bvae.files.reading import require_regular_file

# Of what is unpacked together. Files of a megabyte a chunk are usual.
MOST_BYTES_OF_A_CHUNK = 2**30


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
        require_regular_file(path)
        try:
            file = h5py.File(path, "r")
        # A damaged one fails with whatever the library stumbles over.
        except Exception as error:
            raise InvalidValue("it is no HDF5 file, or is cut short") from error
        with file, damage_explained(name):
            array = _array_of_this_file(file, name)
            if array is not None:
                self.shape, self.dtype = array.shape, array.dtype
        if array is None:
            raise KeyError(name)

    def chunks(self, rows):
        """Yields the array in pieces of about `rows` along its first axis, in order.

        Raises:
            ValueError: the file is damaged.
        """
        require_small_rows(self.shape, self.dtype, self.name)
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
        require_room((len(indices), *self.shape[1:]), self.dtype, self.name)
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
        """The whole array.

        Raises:
            ValueError: it is larger than what is read at once, or damaged.
        """
        require_room(self.shape, self.dtype, self.name)
        with self._array() as array:
            return array[:]

    @contextlib.contextmanager
    def _array(self):
        with damage_explained(self.name):
            require_regular_file(self.path)
            with h5py.File(self.path, "r") as file:
                yield _array_of_this_file(file, self.name)


def _rows_of_a_chunk(array):
    """Rows that are unpacked together: pieces along these borders unpack them once."""
    return array.chunks[0] if array.chunks else 1


def _array_of_this_file(file, name):
    """The data set of a name, or None; it must lie in this very file.

    HDF5 can lead to other files of the machine in three ways: by links, by data that
    are kept elsewhere, and by arrays put together from other ones.
    """
    found = file
    for part in name.split("/"):
        # Asked of the links themselves: to follow one would open the other file.
        links = found.id.links if isinstance(found, h5py.Group) else None
        if links is None or not links.exists(part.encode()):
            return None
        if links.get_info(part.encode()).type != h5py.h5l.TYPE_HARD:
            raise InvalidValue(f"array {name} is a link; the file must hold it itself")
        found = found[part]
    if not isinstance(found, h5py.Dataset):
        return None
    if found.is_virtual or found.external:
        raise InvalidValue(f"array {name} lies in other files; this one must hold it")
    require_plain(found.shape, found.dtype, name)
    if found.chunks and size_of(found.chunks, found.dtype) > MOST_BYTES_OF_A_CHUNK:
        raise InvalidValue(
            f"array {name} has chunks of {size_of(found.chunks, found.dtype):,} bytes, "
            f"and {MOST_BYTES_OF_A_CHUNK:,} at most are unpacked at once"
        )
    return found
