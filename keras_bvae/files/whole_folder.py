"""Folders that are written whole or not at all."""

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from keras_bvae.errors import FileInTheWay
from keras_bvae.files.locks import folder_lock
from keras_bvae.files.whole_file import require_writable_folder


def require_replaceable(folder, mark, stems):
    """Raises unless a folder can be made or replaced without loss.

    Args:
        folder: path of the folder to be.
        mark: name of a file that tells a folder of ours from others.
        stems: the names, up to their first dot, of what else we write there.

    Raises:
        FileExistsError: something else is there.
        OSError: the folder around it does not exist or cannot be written.
    """
    folder = Path(folder)
    require_writable_folder(folder.absolute().parent)
    foreign = _foreign(folder, mark, stems)
    if foreign is not None:
        raise FileInTheWay(
            "An export goes into a new folder, or replaces an earlier export; received "
            f"{str(folder)!r}, which {foreign}. Name another folder."
        )


@contextlib.contextmanager
def whole_folder(folder, mark, stems):
    """Yields a temporary folder; moves it to `folder` once all is written.

    An earlier folder is replaced as a whole; until then it stays as it was. What killed
    writers left beside it goes as well, then.

    Args:
        folder: path of the folder to be.
        mark, stems: see `require_replaceable`.

    Yields:
        Path to write into.

    Raises:
        FileExistsError: something else is there.
        OSError: the folder around it does not exist or cannot be written.
    """
    folder = Path(folder).absolute()
    require_replaceable(folder, mark, stems)
    prefix = f".{folder.name}-part-"
    with (
        tempfile.TemporaryDirectory(prefix=prefix, dir=folder.parent) as work,
        folder_lock(work),
    ):
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
        _remove_leftovers(folder.parent, prefix)


def _foreign(folder, mark, stems):
    """What speaks against replacing a folder, in words, or None."""
    if not os.path.lexists(folder):
        return None
    if not folder.is_dir():
        return "is a file"
    names = sorted(path.name for path in folder.iterdir())
    ours = {*stems, mark.split(".")[0]} if mark in names else ()
    foreign = [name for name in names if name.split(".")[0] not in ours]
    return f"holds something else, {foreign[0]!r}" if foreign else None


def _remove_leftovers(folder, prefix):
    """Removes the temporary folders of killed writers: nobody holds theirs."""
    left = re.compile(re.escape(prefix) + "[a-z0-9_]{8}")
    for path in folder.iterdir():
        if left.fullmatch(path.name) and path.is_dir():
            with folder_lock(path) as is_held:
                if is_held:
                    shutil.rmtree(path, ignore_errors=True)
