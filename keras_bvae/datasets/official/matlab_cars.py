"""The cars of the Cars3D archive: unpacked in a folder, or still in the .tar.gz.

The folder `data/cars` holds `list.txt`, a name a line, and for each name NAME.mat: a
MATLAB file with `im`, uint8 `(rows, columns, channels, azimuths, elevations)`.
"""

import io
import pathlib
import tarfile
import zlib

import numpy as np
from scipy.io import loadmat

from keras_bvae.errors import InvalidValue

LIST = "list.txt"


class CarFolder:
    """Cars in a folder.

    Args:
        folder: pathlib.Path that holds `list.txt`.

    Attributes:
        names: of the cars, in the order of the list.

    Raises:
        ValueError: the list is empty, or names a file that is not there.
    """

    def __init__(self, folder):
        self._folder = folder
        self.names = _names((folder / LIST).read_bytes())
        _require_all(self.names, lambda name: self._file(name).is_file())

    @property
    def files(self):
        """The files that the images come from."""
        return [self._folder / LIST, *map(self._file, self.names)]

    def car(self, name):
        """One car: see `read_car`."""
        return read_car(self._file(name), name)

    def cars(self):
        """Yields every car in the order of the list: see `read_car`."""
        return map(self.car, self.names)

    def _file(self, name):
        return self._folder / f"{name}.mat"


class CarArchive:
    """Cars in the archive, which can only be read from its beginning to its end.

    Nothing is unpacked onto the disk.

    Args:
        path: pathlib.Path of the .tar.gz, or of a plain .tar.

    Attributes:
        names, files: as for `CarFolder`.

    Raises:
        ValueError: no such archive, or it lacks the list or a car.
    """

    def __init__(self, path):
        self._path = path
        self.files = [path]
        self.names, found = None, set()
        for name, content in self._contents({LIST}):
            found.add(name)
            if name == LIST:
                self.names = _names(content)
        if self.names is None:
            raise InvalidValue("it holds no data/cars/list.txt")
        _require_all(self.names, lambda name: f"{name}.mat" in found)

    def cars(self):
        """Yields every car in the order of the list: see `read_car`.

        Cars that lie in the archive before their turn wait in memory.
        """
        waiting, turns = {}, iter(self.names)
        turn = next(turns)
        wanted = {f"{name}.mat" for name in self.names}
        for name, content in self._contents(wanted):
            if name in wanted:
                stem = name.removesuffix(".mat")
                waiting[stem] = read_car(io.BytesIO(content), stem)
            while turn in waiting:
                yield waiting.pop(turn)
                turn = next(turns, None)

    def _contents(self, wanted):
        """Yields names of files in folders `cars`; with the bytes of those wanted."""
        try:
            with tarfile.open(self._path) as archive:
                for member in archive:
                    path = pathlib.PurePosixPath(member.name)
                    if member.isfile() and path.parent.name == "cars":
                        is_wanted = path.name in wanted
                        stream = archive.extractfile(member) if is_wanted else None
                        yield path.name, stream.read() if is_wanted else None
        # What is cut or foreign fails in tarfile, gzip or zlib.
        except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
            raise InvalidValue("it is no .tar.gz archive, or is cut short") from error


def read_car(file, name):
    """All images of one car.

    Args:
        file: path of a .mat file, or a stream of its bytes.
        name: what to call it in an error.

    Returns:
        uint8 array, shape `(elevations, azimuths, rows, columns, 3)`.

    Raises:
        ValueError: the file is damaged or of another format.
    """
    try:
        images = loadmat(file, variable_names=["im"])["im"]
    except KeyError as error:
        raise InvalidValue(f"{name}.mat holds no array im") from error
    # SciPy's reader fails with whatever the damage makes it stumble over.
    except Exception as error:
        raise InvalidValue(f"{name}.mat is damaged ({error})") from error
    is_right = images.dtype == np.uint8 and images.ndim == 5 and images.shape[2] == 3
    if not is_right or images.shape[0] != images.shape[1]:
        raise InvalidValue(
            f"im of {name}.mat is {images.dtype} {images.shape}, not uint8 "
            "(128, 128, 3, 24, 4)"
        )
    return images.transpose(4, 3, 0, 1, 2)


def _names(content):
    names = content.decode("utf-8", "replace").split()
    if not names:
        raise InvalidValue(f"its {LIST} names no car")
    return names


def _require_all(names, is_there):
    missing = [name for name in names if not is_there(name)]
    if missing:
        others = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise InvalidValue(f"its {LIST} names {missing[0]}.mat{others}, not there")
