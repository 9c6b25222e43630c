"""Black and white images as bits: a data set of them, and the file that keeps them.

A cache file is a plain .npy file, which `numpy.load` opens too, and a seal behind it:
28 bytes that name the format, the version of the renderer and the checksum of all
before. The seal is written last, so what lacks it is not whole.
"""

import io
import os
import pathlib
import struct
import threading
import warnings
import zlib

import numpy as np

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.factors import as_indices
from keras_bvae.datasets.sprites.sprite_geometry import FACTOR_NAMES, IMAGE_SIZE
from keras_bvae.datasets.sprites.sprite_renderer import PACKED_BYTES, renderer_version
from keras_bvae.datasets.storage.cache_folder import FOLDER_VARIABLE
from keras_bvae.errors import InvalidValue
from keras_bvae.files.reading import open_file
from keras_bvae.files.whole_file import whole_file

# Format name, renderer version in 16 ASCII characters, CRC-32.
SEAL = struct.Struct("<8s16sI")
SEAL_NAME = b"kbvae-1\n"


class PackedDataset(Dataset):
    """A data set of binary 64 x 64 images, read once, unpacked batch by batch.

    The whole of dSprites takes 377 MB this way, and 3 GB as bytes. A subclass writes
    `_read_packed(progress)`, which returns the images as uint8 `(n, 512)`.

    Args:
        name, factor_space, description: as for `Dataset`.
    """

    packs_bits = True
    # dSprites, and what the paper calls dSprites-noshape: +hide=shape.
    published_factors = (FACTOR_NAMES, FACTOR_NAMES[1:])

    def __init__(self, name, factor_space, description=""):
        image_shape = (IMAGE_SIZE, IMAGE_SIZE, 1)
        super().__init__(name, image_shape, factor_space, description=description)
        self._packed = None
        self._lock = threading.Lock()

    def prepare(self, progress=None):
        # fit reads ahead in a thread of its own: two must not read the file twice.
        with self._lock:
            if self._packed is None:
                self._packed = self._read_packed(progress)

    def _read_packed(self, progress):
        raise NotImplementedError

    def _images_at(self, indices):
        return unpack(self._packed_at(indices))

    def stored_at(self, indices):
        return self._packed_at(as_indices(indices, len(self)))

    def stored_images(self, count):
        self.prepare()
        return self._packed

    def _packed_at(self, indices):
        self.prepare()
        return self._packed[indices]


def unpack(packed):
    """Turns bits into images for a network.

    Args:
        packed: uint8 array, shape `(n, 512)`, in the order of `numpy.packbits`.

    Returns:
        uint8 array, shape `(n, 64, 64, 1)`, 0 or 255.

    Raises:
        ValueError: `packed` has another shape or type.
    """
    packed = np.asarray(packed)
    if packed.dtype != np.uint8 or packed.shape[1:] != (PACKED_BYTES,):
        raise InvalidValue(
            f"`packed` must be uint8 of shape (n, {PACKED_BYTES}); received "
            f"shape={packed.shape}, dtype={packed.dtype}. "
            "Pack images with np.packbits(images.reshape(n, -1), axis=1)."
        )
    images = np.unpackbits(packed, axis=1)
    np.multiply(images, 255, out=images)
    return images.reshape(-1, IMAGE_SIZE, IMAGE_SIZE, 1)


def load_or_render(path, render_all, progress=None, version=None):
    """Reads packed images from their cache file, or draws them and writes the file.

    A file that is damaged or cannot be read is replaced, with a warning; one that
    another version of the renderer drew is replaced without. Where the file cannot be
    written, a warning says so and the images stay in memory.

    Args:
        path: the cache file, str or path; missing folders are made.
        render_all: function of `progress` that returns the images, uint8 `(n, 512)`.
        progress: handed on to `render_all`.
        version: 16 ASCII characters, changed whenever `render_all` draws something
            else; None: the version of our renderer.

    Returns:
        uint8 array, shape `(n, 512)`. Read from a file it is read-only and mapped:
        the system keeps the pages that are in use, once for all processes.
    """
    path = pathlib.Path(path)
    version = renderer_version() if version is None else version
    try:
        return _read(path, version)
    except (FileNotFoundError, NotADirectoryError, _OtherVersionError):
        pass
    except (OSError, ValueError) as error:
        _warn(f"The cached images in {path} cannot be used ({error}): drawing anew.")
    packed = render_all(progress)
    try:
        _write(path, packed, version)
    except OSError as error:
        _warn(
            f"The images could not be kept in {path} ({error}) and stay in memory; "
            f"set {FOLDER_VARIABLE} to a folder that can be written."
        )
    return packed


class _OtherVersionError(Exception):
    """The cache file is whole, but another version of the renderer drew it."""


def _warn(message):
    warnings.warn(message, RuntimeWarning, stacklevel=3)


def _read(path, version):
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size <= SEAL.size:
            raise InvalidValue(f"it is cut off after {size} bytes")
        contents = np.memmap(file, np.uint8, mode="r")
    name, found_version, checksum = SEAL.unpack(contents[-SEAL.size :].tobytes())
    if name != SEAL_NAME:
        raise InvalidValue("it does not end as such a file must")
    if found_version != version.encode():
        raise _OtherVersionError
    body = contents[: -SEAL.size]
    if zlib.crc32(body) != checksum:
        raise InvalidValue("its checksum is wrong")
    return _as_array(body)


def _as_array(body):
    # What the checksum vouches for is what we wrote: uint8, C order, a short header.
    start = io.BytesIO(body[:1024].tobytes())
    np.lib.format.read_magic(start)
    shape, _, _ = np.lib.format.read_array_header_1_0(start)
    return np.asarray(body[start.tell() :]).reshape(shape)


def _write(path, packed, version):
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as part, open(part, "wb") as file:
        _write_sealed(file, packed, version)


def _write_sealed(file, packed, version):
    packed = np.ascontiguousarray(packed, np.uint8)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, np.lib.format.header_data_from_array_1_0(packed)
    )
    file.write(header.getvalue())
    file.write(packed.data)
    checksum = zlib.crc32(packed, zlib.crc32(header.getvalue()))
    file.write(SEAL.pack(SEAL_NAME, version.encode(), checksum))
