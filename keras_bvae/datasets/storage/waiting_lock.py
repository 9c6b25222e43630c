"""One process at a time writes a cache file; others wait until it is there.

The lock is the operating system's own, on an open file beside the one to be written: it
ends with the process that holds it, however that ends.
"""

import contextlib
import os

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


@contextlib.contextmanager
def waiting_lock(path):
    """Waits until no other process holds the lock of `path`, and holds it.

    Args:
        path: pathlib.Path of the file to be written, in a folder that exists.

    Yields:
        bool: whether the lock is held; False where the system or its disk has no locks,
        so that others may be at work too.
    """
    lock = path.with_name(f".{path.name}.lock")
    file = _locked(lock)
    try:
        yield file is not None
    finally:
        if file is not None:
            # Removed while it is held: who waits for it finds out, see `_locked`.
            with contextlib.suppress(OSError):
                lock.unlink()
            os.close(file)


def _locked(lock):
    """The open lock file, held by this process; None where that cannot be."""
    while fcntl is not None:
        try:
            file = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:
            return None  # a folder that cannot be written: the writer will say so
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.path.samestat(os.stat(lock), os.fstat(file)):
                return file
        except FileNotFoundError:
            pass
        except OSError:
            os.close(file)
            return None
        os.close(file)  # its holder removed it just before we got it
    return None
