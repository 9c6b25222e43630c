"""One process at a time in a run's folder.

The lock is the operating system's own, on an open file: it ends with the process that
holds it, however that ends, so no lock is ever left over. The file alone means nothing.
"""

import contextlib
import errno
import json
import os
import socket
import warnings
from pathlib import Path

from keras_bvae.errors import FileNotWritten, FolderInUse
from keras_bvae.files.whole_file import require_writable_folder

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt

_NAME = ".kbvae.lock"
_TAKEN = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
# Windows bars others from reading what is locked: a byte far behind the text.
_FAR_BYTE = 1 << 30


@contextlib.contextmanager
def run_lock(folder):
    """Holds a run's folder for this process.

    Args:
        folder: str or Path, an existing folder.

    Raises:
        FolderInUse: it is held already.
        OSError: the folder does not exist or cannot be written.
    """
    path = Path(folder) / _NAME
    require_writable_folder(path.parent)
    file = _locked(path)
    try:
        _sign(file)
        yield
    finally:
        # Removed while it is still held: who has opened it meanwhile finds out, see
        # `_locked`. Windows removes no open file; it stays then, and does no harm.
        with contextlib.suppress(OSError):
            if _is_at(path, file):
                path.unlink()
        os.close(file)


def _locked(path):
    """The open lock file, held by this process."""
    while True:
        file = _opened(path)
        try:
            _take(file)
        except OSError as error:
            if error.errno in _TAKEN:
                holder = _holder(file)
                os.close(file)
                raise FolderInUse(
                    "A run's folder serves one process at a time; "
                    f"{str(path.parent)!r} is in use by {holder}. Wait until that "
                    "ends, or name another folder."
                ) from error
            warnings.warn(
                f"The file system of {str(path.parent)!r} has no locks "
                f"({error.strerror}): see to it that no second process uses this run.",
                stacklevel=4,
            )
            return file
        if _is_at(path, file):
            return file
        os.close(file)  # its holder removed it just before we got it


def _opened(path):
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        advice = "Free space there or see to the folder's rights, and try again."
        raise FileNotWritten(path, error.strerror, advice) from error


def _take(file):
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        os.lseek(file, _FAR_BYTE, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)


def _is_at(path, file):
    """Whether the open file is the one that has the name now."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(file))
    except FileNotFoundError:
        return False


def _sign(file):
    """Writes who holds the lock; on a full disk it is held all the same."""
    text = json.dumps({"pid": os.getpid(), "host": socket.gethostname()})
    with contextlib.suppress(OSError):
        os.ftruncate(file, 0)
        os.lseek(file, 0, os.SEEK_SET)
        os.write(file, text.encode())


def _holder(file):
    """Who signed last, in words."""
    try:
        os.lseek(file, 0, os.SEEK_SET)
        holder = json.loads(os.read(file, 1000))
        return f"process {holder['pid']} on {holder['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
