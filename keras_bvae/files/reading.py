"""Files that others may have made, opened with care: what is it, how large is it?

Whoever reads a file of a user goes through here, so that each rule holds everywhere: a
pipe or a device is no file and would be waited for without end; a size is looked at
before anything is read; JSON may be nested too deep, or no JSON at all.
"""

import codecs
import contextlib
import os
import stat
from pathlib import Path

from keras_bvae.errors import (
    InvalidValue,
    IsAFolder,
    MissingFile,
    NotPermitted,
    Unusable,
)

_PIECE = 2**20
# Windows has neither flag, and no such files.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def require_regular_file(path, what="A file"):
    """Raises unless a path is an ordinary file, or a link to one.

    For readers that open by path; others use `open_file`.

    Args:
        path: str or Path.
        what: str, the subject of the sentence, as "A checkpoint".

    Returns:
        int, the file's size in bytes.

    Raises:
        MissingFile, IsAFolder, NotPermitted, Unusable: it is not.
    """
    with _explained(path, what):
        status = os.stat(path)
        _require_ordinary(path, what, status)
        return status.st_size


@contextlib.contextmanager
def open_file(path, what="A file"):
    """Yields an ordinary file, open for reading its bytes; waits for nothing.

    Args:
        path, what: see `require_regular_file`.

    Raises:
        MissingFile, IsAFolder, NotPermitted, Unusable: it is not one.
    """
    require_regular_file(path, what)  # opening some devices does something
    with _explained(path, what):
        handle = os.open(path, _FLAGS)
    try:
        _require_ordinary(path, what, os.fstat(handle))
    except OSError:
        os.close(handle)
        raise
    with open(handle, "rb") as file:
        yield file


def read_bytes(path, most, what="A file", advice=""):
    """The bytes of a file of at most `most` of them.

    Args:
        path, what: see `require_regular_file`.
        most: int, bytes.
        advice: str, a sentence: what to do about a larger one.

    Raises:
        InvalidValue: it is larger. Of `require_regular_file`: it is no file.
    """
    with open_file(path, what) as file:
        size = os.fstat(file.fileno()).st_size
        # A file of /proc has no size and may hold much; a growing one grows.
        content = _read_at_most(file, most + 1) if size <= most else b""
        if size > most or len(content) > most:
            raise InvalidValue(
                f"{what} may have {most:,} bytes at most; {str(path)!r} has "
                f"{max(size, len(content)):,}. {advice or 'Name the right file.'}"
            )
        return content


def _read_at_most(file, most):
    """Bytes of a file, up to a number of them, for which no memory is taken ahead."""
    parts, left = [], most
    while left and (part := file.read(min(left, _PIECE))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def read_text(path, most, what="A file", advice="", whole_lines=False):
    """The text of a file in UTF-8, or in UTF-16 if it begins with that one's mark.

    Args:
        path, most, what, advice: see `read_bytes`.
        whole_lines: bool, whether what follows the last line's end is left out: of a
            file that grows by lines, one that is being written, or was when its writer
            was killed.

    Raises:
        InvalidValue: it is neither, or too large.
    """
    data = read_bytes(path, most, what, advice)
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if whole_lines and not is_utf16:  # a letter may be torn too
        data = data[: data.rfind(b"\n") + 1]
    try:
        text = data.decode("utf-16" if is_utf16 else "utf-8-sig")
        return text[: text.rfind("\n") + 1] if whole_lines else text
    except UnicodeDecodeError as error:
        raise InvalidValue(
            f"{what} must be text in UTF-8; {str(path)!r} is not: byte "
            f"{error.start:,} is {error.object[error.start]:#04x}. Save it as UTF-8."
        ) from error


def _require_ordinary(path, what, status):
    if stat.S_ISDIR(status.st_mode):
        raise IsAFolder(f"{what} must be a file; {str(path)!r} is a folder.")
    if not stat.S_ISREG(status.st_mode):
        raise Unusable(
            f"{what} must be an ordinary file; {str(path)!r} is "
            f"{_kind(status.st_mode)}. Copy what it gives into a file."
        )


def _kind(mode):
    kinds = {
        stat.S_ISFIFO: "a pipe",
        stat.S_ISSOCK: "a socket",
        stat.S_ISCHR: "a device",
        stat.S_ISBLK: "a device",
    }
    return next((name for test, name in kinds.items() if test(mode)), "none")


@contextlib.contextmanager
def _explained(path, what):
    """What the system says of a path becomes a sentence."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingFile(f"{what} must exist; {str(path)!r} does not.") from error
    except PermissionError as error:
        raise NotPermitted(
            f"{what} must be readable; {str(path)!r} is not. Change its rights."
        ) from error
    except IsADirectoryError as error:
        raise IsAFolder(f"{what} must be a file; {str(path)!r} is a folder.") from error
    except (OSError, ValueError) as error:
        # A name with a zero byte, too long, or a link that goes round in a circle.
        if isinstance(error, (Unusable, InvalidValue)):
            raise
        reason = getattr(error, "strerror", None) or error
        raise Unusable(
            f"{what} must be a file that can be opened; {str(Path(path))!r} cannot "
            f"({reason}). Name another."
        ) from error
