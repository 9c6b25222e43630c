"""One array of an HDF5 file, read piece by piece."""


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
        import h5py

        try:
            with h5py.File(self.path, "r") as file:
                array = file[self.name]
                # A compressed chunk is unpacked whole: pieces that follow the chunks'
                # borders unpack each of them once.
                step = array.chunks[0] if array.chunks else 1
                rows = max(rows // step, 1) * step
                for start in range(0, len(array), rows):
                    yield array[start : start + rows]
        except (OSError, RuntimeError) as error:
            raise ValueError(f"array {self.name} is damaged ({error})") from error

    def read(self):
        """The whole array."""
        import h5py

        try:
            with h5py.File(self.path, "r") as file:
                return file[self.name][:]
        except (OSError, RuntimeError) as error:
            raise ValueError(f"array {self.name} is damaged ({error})") from error
