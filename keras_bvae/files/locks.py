"""One process at a time in a folder, or at a file.

A lock is the operating system's own, on an open file, taken by `filelock`: it ends with
the process that holds it, however that ends, so no lock is ever left over. A lock file
alone means nothing. The library's `FileLock` is not used: where there are no locks it
falls back on the mere file, which a killed process would leave behind.
"""

import contextlib
import json
import os
import socket
import warnings
from pathlib import Path

from filelock import lock_descriptor

from keras_bvae.errors import FileNotWritten, FolderInUse, Unusable
from keras_bvae.files.folders import require_writable_folder

_NAME = ".kbvae.lock"
# Nothing is written through a link; Windows has no such flag, see `_opened`.
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
# A pipe would be waited for.
_FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
# Windows bars others from reading the byte that `filelock` locks, the first one.
_TEXT_AT = 1


@contextlib.contextmanager
def run_lock(folder):
    """Holds a run's folder for this process; a second one is refused.

    Where the file system has no locks a warning says so, and nothing is held.

    Args:
        folder: str or Path, an existing folder.

    Raises:
        FolderInUse: it is held already.
        OSError: the folder does not exist or cannot be written.
    """
    path = Path(folder) / _NAME
    require_writable_folder(path.parent)
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(_held(path, is_waiting=False))
        except _NoLocksError as error:
            warnings.warn(
                f"The file system of {str(path.parent)!r} has no locks ({error}): "
                "see to it that no second process uses this run.",
                stacklevel=3,
            )
        yield


@contextlib.contextmanager
def waiting_lock(path):
    """Holds a file that is about to be written; waits until nobody else does.

    Args:
        path: pathlib.Path of the file, in a folder that exists.

    Yields:
        bool: whether it is held; False where the disk has no locks or takes no file,
        so that others may be at work too.
    """
    with contextlib.ExitStack() as held:
        try:
            lock = path.with_name(f".{path.name}.lock")
            held.enter_context(_held(lock, is_waiting=True))
            is_held = True
        except (_NoLocksError, OSError):
            is_held = False  # a folder that cannot be written: the writer will say so
        yield is_held


@contextlib.contextmanager
def folder_lock(folder):
    """Holds a folder by itself, without a file in it, unless somebody else does.

    Args:
        folder: str or Path.

    Yields:
        bool: whether it is held; False too where the disk has no locks, or the system,
        as Windows, opens no folders.
    """
    with contextlib.ExitStack() as held:
        try:
            handle = os.open(folder, _FOLDER_FLAGS)
            held.callback(os.close, handle)
            is_held = lock_descriptor(handle, blocking=False)
        except OSError:
            is_held = False
        yield is_held


class _NoLocksError(Exception):
    """The file system has no locks; the text is what it said."""


@contextlib.contextmanager
def _held(path, is_waiting):
    """Holds a lock file, which is made for it and removed at the end."""
    file = _locked(path, is_waiting)
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


def _locked(path, is_waiting):
    """The open lock file, held by this process."""
    while True:
        is_new = not os.path.lexists(path)
        file = _opened(path)
        try:
            if not _take(file, is_waiting):
                raise FolderInUse(
                    "A run's folder serves one process at a time; "
                    f"{str(path.parent)!r} is in use by {_holder(file)}. Wait until "
                    "that ends, or name another folder."
                )
            if _is_at(path, file):
                return file
        except BaseException as error:
            os.close(file)
            if is_new and isinstance(error, _NoLocksError):
                path.unlink(missing_ok=True)
            raise
        os.close(file)  # its holder removed it just before we got it


def _opened(path):
    if path.is_symlink():
        raise Unusable(
            f"A lock file must be a file of its own; {str(path)!r} is a link. Remove "
            "the link."
        )
    if os.path.lexists(path) and not path.is_file():
        raise Unusable(
            f"A lock file must be a file; {str(path)!r} is none. Move it away."
        )
    try:
        return os.open(path, _FLAGS, 0o666)
    except OSError as error:
        advice = "Free space there or see to the folder's rights, and try again."
        raise FileNotWritten(path, error.strerror, advice) from error


def _take(file, is_waiting):
    """Whether the lock is held now; False: somebody else holds it."""
    try:
        return lock_descriptor(file, blocking=is_waiting)
    except OSError as error:
        raise _NoLocksError(error.strerror) from error


def _is_at(path, file):
    """Whether the open file is the one that has the name now."""
    try:
        return os.path.samestat(os.lstat(path), os.fstat(file))
    except FileNotFoundError:
        return False


def _sign(file):
    """Writes who holds the lock; on a full disk it is held all the same."""
    if os.fstat(file).st_nlink != 1:
        return  # its contents are those of another file too
    text = json.dumps({"pid": os.getpid(), "host": socket.gethostname()})
    with contextlib.suppress(OSError):
        os.ftruncate(file, 0)
        os.lseek(file, _TEXT_AT, os.SEEK_SET)
        os.write(file, text.encode())


def _holder(file):
    """Who signed last, in words."""
    try:
        os.lseek(file, _TEXT_AT, os.SEEK_SET)
        holder = json.loads(os.read(file, 1000))
        return f"process {holder['pid']} on {holder['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
