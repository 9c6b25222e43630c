"""What a `.keras` file must be before Keras opens it: as large as it claims, and alone.

Keras runs no code of a file's. But it reads what a zip claims to hold, follows the
links of HDF5 to other files, and makes layers of any size that the settings say.
"""

import contextlib
import math
import os
import zipfile

import h5py
import keras

from keras_bvae.errors import InvalidValue, MissingFile
from keras_bvae.files.json_file import parse_json
from keras_bvae.files.reading import open_file, require_regular_file

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
MEMBERS = {CONFIG, "metadata.json", WEIGHTS}
_MOST_TEXT = 64 * 2**20
# A zip packs weights by a little; one that packs more is made to fill the memory.
_MOST_PACKED, _ALLOWANCE = 20, 2**20


def require_keras_file(path):
    """Raises unless a path is a complete zip that ends in `.keras`.

    Args:
        path: Path.

    Raises:
        MissingFile, IsAFolder, Unusable: it is no file.
        InvalidValue: it is truncated, or of another kind.
    """
    if not os.path.lexists(path):
        raise MissingFile(
            "A checkpoint must be an existing .keras file; found none at "
            f"{str(path)!r}. `kbvae train` writes ckpt.keras into its run folder."
        )
    size = require_regular_file(path, "A checkpoint")
    if path.suffix != ".keras" or not zipfile.is_zipfile(path):
        raise InvalidValue(
            "A checkpoint must be a complete .keras file; "
            f"{str(path)!r} ({size:,} bytes) is not, so it is truncated "
            "or of another kind. Copy it again; for PyTorch files use `kbvae convert`."
        )


def read_member(path, name):
    """What a member says, as JSON; None where it is not there.

    Raises:
        InvalidValue: it is damaged, packed beyond measure, encrypted, or no object.
        zipfile.BadZipFile: the zip is damaged.
    """
    with _archive(path) as archive:
        if name not in archive.namelist():
            return None
        if archive.getinfo(name).file_size > _MOST_TEXT:
            raise InvalidValue(f"{name} claims more than {_MOST_TEXT:,} bytes")
        found = parse_json(archive.read(name), "its text", name)
    if not isinstance(found, dict):
        raise InvalidValue(f"{name} is no object")
    return found


@contextlib.contextmanager
def sound_content(path):
    """Keras may read the file meanwhile: it is what it claims, and points nowhere else.

    Layers that hold far more than the weights in the file end the reading before they
    are made.

    Args:
        path: Path of a `.keras` file.

    Raises:
        InvalidValue: it is not; or layers do.
        zipfile.BadZipFile, OSError: it is damaged.
    """
    if read_member(path, CONFIG) is None:
        raise InvalidValue(f"it lacks {CONFIG}")
    with _archive(path) as archive:
        if WEIGHTS not in archive.namelist():
            raise InvalidValue(f"it lacks {WEIGHTS}")
        claimed = archive.getinfo(WEIGHTS).file_size
        with archive.open(WEIGHTS) as weights, h5py.File(weights, "r") as file:
            held = _Held(claimed)
            held.count(file)
    with _layers_of_at_most(2 * held.numbers + _ALLOWANCE):
        yield


@contextlib.contextmanager
def _archive(path):
    """The zip, none of whose members is encrypted or far larger than the file."""
    with open_file(path, "A checkpoint") as file, zipfile.ZipFile(file) as archive:
        members, size = archive.infolist(), os.fstat(file.fileno()).st_size
        names = [member.filename for member in members]
        if len(set(names)) < len(names):
            raise InvalidValue("two of its members have one name")
        if any(member.flag_bits & 1 for member in members):
            raise InvalidValue("it is encrypted")
        if any(_leads_out(name) for name in names):
            raise InvalidValue("a member's name leads out of it")
        claimed = sum(member.file_size for member in members)
        if claimed > _MOST_PACKED * size + _ALLOWANCE:
            raise InvalidValue(f"{size:,} bytes claim to hold {claimed:,}")
        yield archive


def _leads_out(name):
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or ":" in parts[0]


class _Held:
    """Counts the numbers in a file of weights that are there, each array once.

    Args:
        size: int, the file's, in bytes.
    """

    def __init__(self, size):
        self.room, self.numbers, self.seen = size + _ALLOWANCE, 0, set()

    def count(self, group):
        address = h5py.h5o.get_info(group.id).addr
        if address in self.seen:
            return
        self.seen.add(address)
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise InvalidValue(f"its weights link to elsewhere, {name!r}")
            item = group[name]
            if isinstance(item, h5py.Group):
                self.count(item)
            else:
                self._add(item, name)

    def _add(self, array, name):
        is_plain = isinstance(array, h5py.Dataset)
        if not is_plain or array.is_virtual or array.external:
            raise InvalidValue(f"its weights link to elsewhere, {name!r}")
        if array.dtype.kind not in "fiubV" or array.dtype.names or array.shape is None:
            raise InvalidValue(f"its weights are no numbers, {name!r}: {array.dtype}")
        # Two names may stand for one array: each is read.
        numbers = math.prod(array.shape)
        self.numbers += numbers
        self.room -= numbers * array.dtype.itemsize
        if self.room < 0:
            raise InvalidValue("its weights claim more numbers than it has")


@contextlib.contextmanager
def _layers_of_at_most(numbers):
    """Ends what makes layers with more weights than that, before they are made."""
    real, left = keras.layers.Layer.add_weight, numbers

    def add_weight(self, shape=None, *arguments, **options):
        nonlocal left
        sides = (shape,) if isinstance(shape, int) else tuple(shape or ())
        left -= math.prod(side for side in sides if isinstance(side, int) and side > 0)
        if left < 0:
            raise InvalidValue("its settings are of layers larger than its weights")
        return real(self, shape, *arguments, **options)

    keras.layers.Layer.add_weight = add_weight
    try:
        yield
    except Exception as error:
        if left < 0:  # Keras says it at length, and leaves the reason out
            raise InvalidValue(
                "its settings are of layers larger than its weights"
            ) from error
        raise
    finally:
        keras.layers.Layer.add_weight = real
