"""The binary matrices of the NORB data sets, which are called .mat but are no MATLAB.

A file is a header of little-endian 32-bit numbers, and the values with the last axis
fastest. The header is a magic number for the type, the number of axes, and the length
of each axis, of which at least three are written.

Source: cs.nyu.edu/~ylclab/data/norb-v1.0-small
"""

import contextlib
import gzip
import math
import struct
import zlib

import numpy as np

DTYPES = {0x1E3D4C55: np.dtype("u1"), 0x1E3D4C54: np.dtype("<i4")}
MOST_AXES = 8


class NorbMatrix:
    """A matrix that need not fit into memory.

    Args:
        path: pathlib.Path, a .mat file, or one that gzip packed, .mat.gz.

    Attributes:
        shape, dtype: of the matrix.

    Raises:
        ValueError: the file is of another format or cut short.
    """

    def __init__(self, path):
        self.path = path
        self._is_packed = path.suffix == ".gz"
        with self._stream() as stream:
            self.shape, self.dtype = _read_header(stream, path.name)
            self._start = stream.tell()
        if not self._is_packed and path.stat().st_size < self._end():
            raise ValueError(f"{path.name} is cut short")

    def chunks(self, rows):
        """Yields the matrix in pieces of `rows` along its first axis, in order.

        Raises:
            ValueError: the file is damaged.
        """
        row_bytes = math.prod(self.shape[1:]) * self.dtype.itemsize
        with self._stream() as stream:
            stream.seek(self._start)
            for start in range(0, self.shape[0], rows):
                count = min(rows, self.shape[0] - start)
                data = stream.read(count * row_bytes)
                if len(data) < count * row_bytes:
                    raise ValueError(f"{self.path.name} is cut short")
                yield np.frombuffer(data, self.dtype).reshape(count, *self.shape[1:])

    def read(self):
        """The whole matrix."""
        return np.concatenate(list(self.chunks(self.shape[0])))

    def mapped(self):
        """The matrix mapped from the file, read-only; None where gzip packed it."""
        if self._is_packed:
            return None
        return np.asarray(
            np.memmap(self.path, self.dtype, "r", self._start, self.shape)
        )

    def _end(self):
        return self._start + math.prod(self.shape) * self.dtype.itemsize

    @contextlib.contextmanager
    def _stream(self):
        try:
            with (gzip.open if self._is_packed else open)(self.path, "rb") as stream:
                yield stream
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(f"{self.path.name} is damaged ({error})") from error
        except struct.error as error:
            raise ValueError(f"{self.path.name} is cut short") from error


def _read_header(stream, name):
    """Shape and dtype, leaving the stream where the values begin."""
    magic, axes = struct.unpack("<Ii", stream.read(8))
    if magic not in DTYPES or not 0 < axes <= MOST_AXES:
        raise ValueError(f"{name} does not begin like such a file")
    written = max(axes, 3)
    shape = struct.unpack(f"<{written}i", stream.read(4 * written))[:axes]
    if min(shape) < 1:
        raise ValueError(f"{name} has axes of the lengths {shape}")
    return shape, DTYPES[magic]
