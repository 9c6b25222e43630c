"""The cars of the Cars3D archive: unpacked in a folder, or still in the .tar.gz.

The folder `data/cars` holds `list.txt`, a name a line, and for each name NAME.mat: a
MATLAB file with `im`, uint8 `(rows, columns, channels, azimuths, elevations)`.
"""

import pathlib
import tarfile

from keras_bvae.datasets.official.matlab_file import MOST_BYTES, read_car
from keras_bvae.datasets.official.packed_stream import opened_archive
from keras_bvae.errors import InvalidValue, KerasBVAEError, printable
from keras_bvae.files.reading import read_bytes

LIST = "list.txt"
# Of the archive's 183 cars a name has 20 letters.
MOST_BYTES_OF_THE_LIST = 2**20
# Files in an archive: it has a few hundred.
MOST_MEMBERS = 100_000
# Cars that wait in memory for their turn: all of them take 0.9 GB.
MOST_WAITING = 2**31


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
        content = read_bytes(folder / LIST, MOST_BYTES_OF_THE_LIST, "A list of cars")
        self.names = _names(content)
        _require_all(self.names, lambda name: self._file(name).is_file())

    @property
    def files(self):
        """The files that the images come from."""
        return [self._folder / LIST, *map(self._file, self.names)]

    def car(self, name):
        """One car: see `read_car`."""
        content = read_bytes(self._file(name), MOST_BYTES, "A car")
        return read_car(content, name)

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
                waiting[stem] = read_car(content, stem)
                if sum(car.nbytes for car in waiting.values()) > MOST_WAITING:
                    raise InvalidValue("its cars are far from the order of its list")
            while turn in waiting:
                yield waiting.pop(turn)
                turn = next(turns, None)

    def _contents(self, wanted):
        """Yields names of files in folders `cars`; with the bytes of those wanted."""
        try:
            with (
                opened_archive(self._path) as stream,
                tarfile.open(fileobj=stream, mode="r:") as archive,
            ):
                for number, member in enumerate(archive):
                    archive.members.clear()  # it would keep them all
                    if number >= MOST_MEMBERS:
                        raise InvalidValue(f"it holds more than {MOST_MEMBERS:,} files")
                    path = pathlib.PurePosixPath(member.name)
                    if member.isfile() and path.parent.name == "cars":
                        yield path.name, _content(archive, member, path.name, wanted)
        except KerasBVAEError:
            raise
        # What is cut or foreign fails in tarfile, gzip, zlib, or their arithmetic.
        except Exception as error:
            raise InvalidValue("it is no .tar.gz archive, or is cut short") from error


def _content(archive, member, name, wanted):
    """The bytes of a member that is wanted, else None."""
    if name not in wanted:
        return None
    if member.size > MOST_BYTES:
        raise InvalidValue(
            f"{printable(name, 100)} has {member.size:,} bytes, and a car "
            f"{MOST_BYTES:,} at most"
        )
    return archive.extractfile(member).read()


def _names(content):
    """Names of a list; each is that of one file beside it, and stands there once."""
    names = content.decode("utf-8", "replace").split()
    if not names:
        raise InvalidValue(f"its {LIST} names no car")
    seen = set()
    for name in names:
        if pathlib.PureWindowsPath(name).name != name or name in (".", ".."):
            raise InvalidValue(
                f"its {LIST} names {printable(repr(name), 100)}, which is no file there"
            )
        if name in seen:
            raise InvalidValue(f"its {LIST} names {printable(name, 100)} twice")
        seen.add(name)
    return names


def _require_all(names, is_there):
    missing = [name for name in names if not is_there(name)]
    if missing:
        others = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        name = printable(missing[0], 100)
        raise InvalidValue(f"its {LIST} names {name}.mat{others}, not there")
