"""Folders that are written whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path

from keras_bvae.whole_file import require_writable_folder


def require_replaceable(folder, mark):
    """Raises unless a folder can be made or replaced without loss.

    Args:
        folder: path of the folder to be.
        mark: name of a file that tells a folder of ours from others.

    Raises:
        FileExistsError: something else is there.
        OSError: the folder around it does not exist or cannot be written.
    """
    folder = Path(folder)
    require_writable_folder(folder.absolute().parent)
    is_ours = folder.is_dir() and ((folder / mark).is_file() or _is_empty(folder))
    if os.path.lexists(folder) and not is_ours:
        raise FileExistsError(
            "An export goes into a new folder, or replaces an earlier export; received "
            f"{str(folder)!r}, which holds something else. Name another folder."
        )


@contextlib.contextmanager
def whole_folder(folder, mark):
    """Yields a temporary folder; moves it to `folder` once all is written.

    An earlier folder is replaced as a whole; until then it stays as it was.

    Args:
        folder: path of the folder to be.
        mark: see `require_replaceable`.

    Yields:
        Path to write into.

    Raises:
        FileExistsError: something else is there.
        OSError: the folder around it does not exist or cannot be written.
    """
    folder = Path(folder).absolute()
    require_replaceable(folder, mark)
    prefix = f".{folder.name}-part-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=folder.parent) as work:
        new, old = Path(work) / "new", Path(work) / "old"
        new.mkdir()
        yield new
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise


def _is_empty(folder):
    return not any(folder.iterdir())
