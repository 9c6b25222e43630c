"""What the beginning of a NumPy array in a file says, before anything else is read.

Whatever it claims is held against what is there: a file of a hundred bytes may say that
a terabyte follows. Nothing is ever unpickled.
"""

import contextlib
import math

import numpy as np

from keras_bvae.errors import InvalidValue, KerasBVAEError, printable

# Of an array that is read as a whole, such as codes or labels; images come in pieces.
MOST_BYTES_AT_ONCE = 2 * 2**30
# Of a row, such as an image: the least that is read of an array at a time.
MOST_BYTES_OF_A_ROW = 2**28
_LONGEST_REASON = 200
_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def read_array_header(stream, name):
    """Shape, order and dtype, leaving the stream where the values begin.

    Args:
        stream: binary file.
        name: str, what to call the array in a sentence.

    Returns:
        `(shape, is_fortran, dtype)`.

    Raises:
        ValueError: it is no array, or none of real numbers.
    """
    try:
        version = np.lib.format.read_magic(stream)
        shape, is_fortran, dtype = _READERS[version](stream)
    # On other bytes NumPy fails with whatever Python's parser does, and its own words
    # are no help: they say how to load it unsafely.
    except Exception as error:
        raise InvalidValue(
            f"array {name} is damaged (it does not begin as a NumPy array does)"
        ) from error
    require_plain(shape, dtype, name)
    return shape, is_fortran, dtype


def require_plain(shape, dtype, name):
    """Raises unless an array is one of real numbers, with axes that can be.

    Args:
        shape: tuple, or None.
        dtype: NumPy's.
        name: str, what to call the array in a sentence.

    Raises:
        ValueError: it is not.
    """
    if dtype.kind not in "biuf":
        kind = "objects of Python" if dtype.hasobject else str(dtype)
        raise InvalidValue(
            f"array {name} is no plain array of numbers, row after row: its type is "
            f"{printable(kind, _LONGEST_REASON)}"
        )
    if not shape or any(isinstance(side, bool) or side < 0 for side in shape):
        raise InvalidValue(
            f"array {name} is no plain array of numbers, row after row: its shape is "
            f"{printable(str(shape), _LONGEST_REASON)}"
        )


def size_of(shape, dtype):
    """An array's size in bytes: int, however large."""
    return math.prod(map(int, shape)) * dtype.itemsize


def require_room(shape, dtype, name, most=MOST_BYTES_AT_ONCE):
    """Raises unless an array may be read as a whole.

    Raises:
        ValueError: it has more than `most` bytes.
    """
    if size_of(shape, dtype) > most:
        raise InvalidValue(
            f"array {name} has {size_of(shape, dtype):,} bytes, and {most:,} at most "
            "are read at once: leave rows out"
        )


def require_small_rows(shape, dtype, name):
    """Raises unless a row of an array may be read at once.

    Raises:
        ValueError: it has more than `MOST_BYTES_OF_A_ROW` bytes.
    """
    row = size_of(shape[1:], dtype)
    if row > MOST_BYTES_OF_A_ROW:
        raise InvalidValue(
            f"a row of array {name} has {row:,} bytes, and {MOST_BYTES_OF_A_ROW:,} at "
            "most are read at once: make the images smaller"
        )


def require_bytes(shape, dtype, available, name):
    """Raises unless the bytes that an array claims are there.

    Raises:
        ValueError: there are fewer.
    """
    if size_of(shape, dtype) > available:
        raise InvalidValue(
            f"array {name} is damaged (its shape {printable(str(shape), 100)} asks for "
            f"{size_of(shape, dtype):,} bytes, and the file has {available:,} of it)"
        )


@contextlib.contextmanager
def damage_explained(name):
    """Tells of damaged bytes, on which readers fail with whatever they stumble over."""
    try:
        yield
    except (KerasBVAEError, FileNotFoundError, PermissionError):
        raise
    except Exception as error:
        reason = printable(str(error) or type(error).__name__, _LONGEST_REASON)
        raise InvalidValue(f"array {name} is damaged ({reason})") from error
