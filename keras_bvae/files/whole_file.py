"""Files that are written whole or not at all."""

import contextlib
import errno
import os
import re
import stat
import tempfile
from pathlib import Path

from filelock import lock_descriptor

from keras_bvae.errors import (
    FileNotWritten,
    IsAFolder,
    Unusable,
)
from keras_bvae.files.folders import ADVICE, OF_THE_DISK, require_writable_folder

_IN_WORDS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Between stem and ending of a temporary name; mkstemp puts 8 letters at its end.
_PART = "-part-"
# HDF5 locks its files itself, and Windows' locks keep the writer out.
_HAS_SIGN = os.name == "posix"
_UNSIGNED = (".h5", ".hdf5")
_LOOK = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)


@contextlib.contextmanager
def whole_file(path, prove=None, advice=ADVICE):
    """Yields a temporary path; moves it onto `path` once all is written.

    The temporary file lies in the same folder and keeps the ending, so a writer that
    goes by endings works. A run killed in between leaves the old file as it was, and
    a temporary one, which goes when the same file is written again, or by
    `remove_leftovers`.

    Args:
        path: str or Path, the file to be.
        prove: None or function of the temporary path, called when all is on the disk;
            an error there keeps the old file.
        advice: str, a sentence: what to do when the disk is full.

    Yields:
        Path to write to.

    Raises:
        FileNotWritten: the disk is full or broken. Other errors pass as they are.
        OSError: the folder does not exist or cannot be written, or there is a folder,
            a pipe or a device in the file's place.
    """
    path = Path(path)
    require_writable_folder(path.parent)
    _require_no_device(path)
    temporary = handle = None
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}{_PART}", suffix=path.suffix, dir=path.parent
        )
        temporary = Path(name)
        if not _signed(handle, temporary):
            os.close(handle)
            handle = None
        yield temporary
        _put_on_disk(temporary)
        if prove is not None:
            prove(temporary)
        # mkstemp makes the file private; give it the rights of an ordinary one.
        temporary.chmod(0o666 & ~_umask())
        os.replace(temporary, path)
    except Exception as error:
        reason = reason_of_the_disk(error)
        if reason is None:
            raise
        raise FileNotWritten(path, reason, advice) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if handle is not None:
            os.close(handle)
    _put_folder_on_disk(path.parent)
    with contextlib.suppress(OSError):
        remove_leftovers(path)


def longest_part(path):
    """The longest name that a file has while it is written."""
    return f".{path.stem}{_PART}{'x' * 8}{path.suffix}"


def remove_leftovers(path, is_alone=False):
    """Removes what killed writers of a file left beside it.

    Who is at work holds a lock on its temporary file, which is left alone. Where there
    are no such locks nothing is removed, unless nobody can be at work.

    Args:
        path: str or Path of the file. Of its name `*` stands for any letters.
        is_alone: bool, whether no other process can be at work there.
    """
    path = Path(path)
    stem, suffix = re.escape(path.stem).replace(r"\*", ".+"), re.escape(path.suffix)
    left = re.compile(rf"\.{stem}{_PART}[a-z0-9_]{{8}}{suffix}")
    for neighbour in path.parent.iterdir():
        if left.fullmatch(neighbour.name) and _is_abandoned(neighbour, is_alone):
            neighbour.unlink(missing_ok=True)


def _signed(handle, temporary):
    """Marks a temporary file as one that is being written: the mark ends with us."""
    if not _HAS_SIGN or temporary.suffix in _UNSIGNED:
        return False
    try:
        return lock_descriptor(handle, blocking=False)
    except OSError:
        return False  # a file system without locks


def _is_abandoned(path, is_alone):
    """Whether nobody writes a temporary file any more. A folder is none of ours."""
    if path.is_symlink():
        return True  # which goes itself, not what it leads to
    try:
        handle = os.open(path, _LOOK)
    except OSError:
        return False
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return False
        if is_alone:
            return True
        is_signed = _HAS_SIGN and path.suffix not in _UNSIGNED
        return is_signed and lock_descriptor(handle, blocking=False)
    except OSError:
        return False
    finally:
        os.close(handle)


def _require_no_device(path):
    """A rename would put a file in the place of /dev/null, too."""
    try:
        mode = os.lstat(path).st_mode
    except (OSError, ValueError):
        return
    if stat.S_ISDIR(mode):
        raise IsAFolder(
            f"A file is written there; {str(path)!r} is a folder. Name another."
        )
    if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        raise Unusable(
            f"A file is written there; {str(path)!r} is a pipe or a device. Name "
            "another."
        )


def _put_on_disk(path):
    with open(path, "rb+") as written:
        os.fsync(written.fileno())


def _put_folder_on_disk(folder):
    """The new name as well, against a power cut; not every file system knows how."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def reason_of_the_disk(error):
    """What the disk said, if it is behind an error; else None.

    A writer that fails while it tidies up hides the first error behind others, HDF5
    has the number in its text only, and TensorFlow the words.
    """
    while error is not None and not isinstance(error, FileNotWritten):
        number = getattr(error, "errno", None)
        text = str(error)
        in_text = re.search(r"errno = (\d+)", text)
        if number is None and in_text:
            number = int(in_text[1])
        if number is None:
            number = next((n for n in _IN_WORDS if os.strerror(n) in text), None)
        if number in OF_THE_DISK:
            return os.strerror(number)
        error = error.__cause__ or error.__context__
    return None


def _umask():
    value = os.umask(0)
    os.umask(value)
    return value
