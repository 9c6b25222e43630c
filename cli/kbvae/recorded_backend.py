"""Which backend a run trained on, read before Keras is there.

What may be wrong with a record is said later by the library, which reads it with care.
"""

import json
import os
import stat
from pathlib import Path

from kbvae.names import BACKENDS

_MOST_BYTES = 64 * 2**20
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def recorded_backend(path):
    """The backend in the record of a run.

    Args:
        path: Path of the run's folder, its checkpoint, or one that it kept.

    Returns:
        One of `BACKENDS`; None where no record tells.
    """
    path = Path(path)
    folders = [path]
    if path.suffix:
        folder = path.absolute().parent
        around = [folder.parent] if folder.name == "checkpoints" else []
        folders += [folder, *around]
    for folder in folders:
        found = _backend_in(folder / "run.json")
        if found is not None:
            return found
    return None


def _backend_in(file):
    try:
        record = json.loads(_text_of(file))
        backend = record["backend"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return backend if backend in BACKENDS else None


def _text_of(file):
    """The bytes of an ordinary file; a pipe would be waited for."""
    handle = os.open(file, _FLAGS)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
            raise OSError("no record")
    except OSError:
        os.close(handle)
        raise
    with open(handle, "rb") as opened:
        return opened.read(_MOST_BYTES)
