"""The file that keeps decoded images: written once, mapped into memory from then on.

It is a plain .npy file, which `numpy.load` opens too, and a seal of 24 bytes behind it:
the format's name and a digest of what the images were made from. It is moved into place
when it is whole; no checksum is taken, which would read gigabytes at every start.
"""

import hashlib
import io
import math
import os
import pathlib
import shutil
import struct

import numpy as np

from keras_bvae.datasets.storage.cache_folder import FOLDER_VARIABLE
from keras_bvae.errors import DiskFull, InvalidValue, Unusable
from keras_bvae.files.locks import waiting_lock
from keras_bvae.files.reading import open_file
from keras_bvae.files.whole_file import remove_leftovers, whole_file

# Format name, the first 16 bytes of the SHA-256 of the version.
SEAL = struct.Struct("<8s16s")
SEAL_NAME = b"kbvae-s\n"
ADVICE = f"Free space there, or set {FOLDER_VARIABLE} to a folder on a larger disk."


def read_mapped(path, shape, version):
    """The images of a file that was written for this shape and version.

    Args:
        path: the file, str or path.
        shape: `(n, height, width, channels)`.
        version: str, as for `write_mapped`.

    Returns:
        uint8 array of that shape, read-only and mapped: the system reads what is asked
        for, and keeps it in memory while there is room. None: no such file, or one
        that does not fit.
    """
    header = _header(shape)
    end = len(header) + math.prod(shape)
    try:
        with open_file(path) as file:
            if os.fstat(file.fileno()).st_size != end + SEAL.size:
                return None
            begin = file.read(len(header))
            file.seek(end)
            if begin != header or file.read() != _seal(version):
                return None
            return np.asarray(np.memmap(file, np.uint8, "r", len(header), shape))
    except OSError:
        return None


def write_mapped(path, shape, version, chunks, progress=None):
    """Writes images as they come; the file appears when the last one is there.

    While another process writes the same file this one waits, and then takes that.

    Args:
        path: the file to be; missing folders are made.
        shape: `(n, height, width, channels)`.
        version: str that changes whenever the images do.
        chunks: iterable of uint8 arrays that make up the images, in order.
        progress: function called as `progress(done, total)` along the way, or None.

    Raises:
        OSError: the folder cannot be written, or its disk is too full.
        ValueError: the chunks do not make up images of this shape.
    """
    path = pathlib.Path(path)
    _make_folder(path.parent)
    with waiting_lock(path) as is_alone:
        if read_mapped(path, shape, version) is not None:
            return
        if is_alone:
            remove_leftovers(path, is_alone=True)
        _require_space(path.parent, math.prod(shape))
        _write(path, shape, version, chunks, progress)


def _write(path, shape, version, chunks, progress):
    # Written, not mapped: a disk that fills up kills a process that writes to a map.
    with whole_file(path, advice=ADVICE) as part, open(part, "wb") as file:
        file.write(_header(shape))
        done = 0
        for chunk in chunks:
            done += len(chunk)
            if chunk.dtype != np.uint8 or chunk.shape[1:] != tuple(shape[1:]):
                raise _wrong_images(shape, f"{chunk.dtype} images of {chunk.shape[1:]}")
            file.write(np.ascontiguousarray(chunk).data)
            if progress is not None:
                progress(done, shape[0])
        if done != shape[0]:
            raise _wrong_images(shape, f"{done:,} of them")
        file.write(_seal(version))


def _header(shape):
    header = io.BytesIO()
    form = {"descr": "|u1", "fortran_order": False, "shape": tuple(map(int, shape))}
    np.lib.format.write_array_header_1_0(header, form)
    return header.getvalue()


def _seal(version):
    return SEAL.pack(SEAL_NAME, hashlib.sha256(version.encode()).digest()[:16])


def _wrong_images(shape, received):
    return InvalidValue(
        f"The images to keep must be {shape[0]:,} of {tuple(shape[1:])}, uint8; "
        f"received {received}. The file that they come from is damaged: get it again."
    )


def _make_folder(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(
            "Decoded images are kept in a cache folder, which must be writable; "
            f"{str(folder)!r} cannot be made ({error.strerror}). Set {FOLDER_VARIABLE} "
            "to another folder."
        ) from error


def _require_space(folder, needed):
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DiskFull(
            f"The decoded images need {_in_words(needed)} on the disk of the cache "
            f"folder {str(folder)!r}; it has {_in_words(free)} free. {ADVICE}"
        )


def _in_words(size):
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.1f} MB"
