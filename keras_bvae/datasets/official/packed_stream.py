"""A file that gzip packed, or did not: never more of it in memory than is wanted."""

import bz2
import contextlib
import gzip

from keras_bvae.errors import InvalidValue
from keras_bvae.files.reading import open_file

# By what a packed file begins with.
_PACKED = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open}
# Of one look into an archive. Its own headers say how much is to be read of them, and
# gigabytes of nothing pack into a few thousand bytes.
MOST_AT_ONCE = 2**27


@contextlib.contextmanager
def opened_archive(path):
    """Yields the unpacked bytes of a file, as a stream that can be sought in.

    Args:
        path: the file, packed by gzip or bzip2, or not.

    Raises:
        OSError: it is no ordinary file.
        ValueError: more of it is asked for at once than `MOST_AT_ONCE`.
    """
    with open_file(path, "An archive") as file:
        start = file.read(2)
        file.seek(0)
        unpack = _PACKED.get(start, contextlib.nullcontext)
        with unpack(file) as stream:
            yield _Bounded(stream)


class _Bounded:
    def __init__(self, stream):
        self._stream = stream
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size=-1):
        if not 0 <= size <= MOST_AT_ONCE:
            raise InvalidValue(
                f"one of its parts has more than {MOST_AT_ONCE:,} bytes: {size:,}"
            )
        return self._stream.read(size)
