"""Files that are written whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path


@contextlib.contextmanager
def whole_file(path):
    """Yields a temporary path; moves it onto `path` once all is written.

    The temporary file lies in the same folder and keeps the ending, so a writer that
    goes by endings works. A run killed in between leaves the old file as it was.

    Args:
        path: str or Path, the file to be.

    Yields:
        Path to write to.

    Raises:
        OSError: the folder does not exist or cannot be written.
    """
    path = Path(path)
    require_writable_folder(path.parent)
    handle, name = tempfile.mkstemp(
        prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent
    )
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with open(temporary, "rb+") as written:
            os.fsync(written.fileno())
        # mkstemp makes the file private; give it the rights of an ordinary one.
        temporary.chmod(0o666 & ~_umask())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def require_writable_folder(folder):
    """Raises unless files can be made in the folder.

    Raises:
        OSError: it does not exist, is no folder, or cannot be written.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NotADirectoryError(
            f"Files are written into an existing folder; received {str(folder)!r}, "
            "which is none. Create it or name another."
        )
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise PermissionError(
            f"The folder must be writable; {str(folder)!r} is not "
            f"({error.strerror}). Change its rights or name another."
        ) from error


def _umask():
    value = os.umask(0)
    os.umask(value)
    return value
