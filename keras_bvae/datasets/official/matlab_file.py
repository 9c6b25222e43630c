"""One array of a MATLAB file (level 5), unpacked within a limit before it is read."""

import io
import struct
import zlib

import numpy as np
from scipy.io import loadmat, whosmat

from keras_bvae.errors import InvalidValue, printable

# Of a car's file, packed or not: its images have 4.7 MB.
MOST_BYTES = 2**26
_HEADER_BYTES = 128
_TAG = {b"IM": struct.Struct("<II"), b"MI": struct.Struct(">II")}
_PACKED = 15  # the type of an element that zlib packed


def read_car(content, name):
    """All images of one car.

    Args:
        content: bytes of a .mat file.
        name: what to call it in an error.

    Returns:
        uint8 array, shape `(elevations, azimuths, rows, columns, 3)`.

    Raises:
        ValueError: the file is damaged or of another format.
    """
    name = printable(name, 100)
    try:
        plain = _unpacked(content)
        forms = [form for form in whosmat(io.BytesIO(plain)) if form[0] == "im"]
    # SciPy's reader fails with whatever the damage makes it stumble over.
    except Exception as error:
        raise _damaged(name, error) from error
    if not forms:
        raise InvalidValue(f"{name}.mat holds no array im")
    # Before it is read: an array of arrays can be nested too deep for the reader.
    for _, shape, kind in forms:
        _require_images(shape, kind, name)
    try:
        images = loadmat(io.BytesIO(plain), variable_names=["im"])["im"]
    except Exception as error:
        raise _damaged(name, error) from error
    _require_images(images.shape, str(images.dtype), name)
    return images.transpose(4, 3, 0, 1, 2)


def _damaged(name, error):
    reason = printable(str(error) or type(error).__name__, 200)
    return InvalidValue(f"{name}.mat is damaged ({reason})")


def _require_images(shape, kind, name):
    is_right = kind == "uint8" and len(shape) == 5 and shape[2] == 3
    if not is_right or shape[0] != shape[1] or 0 in shape:
        raise InvalidValue(
            f"im of {name}.mat is {kind} {shape}, not uint8 (128, 128, 3, 24, 4)"
        )
    if np.prod(shape, dtype=float) > MOST_BYTES:
        raise InvalidValue(f"im of {name}.mat has more than {MOST_BYTES:,} bytes")


def _unpacked(content):
    """The same file with its elements unpacked, as far as it is one of level 5."""
    tag = _TAG.get(content[_HEADER_BYTES - 2 : _HEADER_BYTES])
    if tag is None:
        return content
    parts, place, size = [content[:_HEADER_BYTES]], _HEADER_BYTES, 0
    while place + tag.size <= len(content):
        kind, count = tag.unpack_from(content, place)
        end = place + tag.size + count
        part = content[place:end]
        if kind == _PACKED:
            unpacker = zlib.decompressobj()
            part = unpacker.decompress(part[tag.size :], MOST_BYTES + 1)
            if len(part) <= MOST_BYTES and not unpacker.eof:
                raise InvalidValue("it is cut short")
        size += len(part)
        if size > MOST_BYTES:
            raise InvalidValue(f"it has more than {MOST_BYTES:,} bytes unpacked")
        parts.append(part)
        place = end
    return b"".join(parts)
