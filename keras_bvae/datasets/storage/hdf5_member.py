"""One array of an HDF5 file, read piece by piece."""

import contextlib

import numpy as np


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
        import h5py

        self.path = path
        self.name = name
        try:
            with h5py.File(path, "r") as file:
                if not isinstance(file.get(name), h5py.Dataset):
                    raise KeyError(name)
                self.shape = file[name].shape
                self.dtype = file[name].dtype
        except OSError as error:
            raise ValueError("it is no HDF5 file, or is cut short") from error

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
        import h5py

        try:
            with h5py.File(self.path, "r") as file:
                yield file[self.name]
        except (OSError, RuntimeError) as error:
            raise ValueError(f"array {self.name} is damaged ({error})") from error


def _rows_of_a_chunk(array):
    """Rows that are unpacked together: pieces along these borders unpack them once."""
    return array.chunks[0] if array.chunks else 1
