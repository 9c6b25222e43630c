"""Folders that are written whole or not at all."""

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from keras_bvae.errors import FileInTheWay, FileNotWritten, Unusable
from keras_bvae.files.folders import ADVICE, require_writable_folder
from keras_bvae.files.locks import folder_lock
from keras_bvae.files.whole_file import reason_of_the_disk


def require_replaceable(folder, find_foreign):
    """Raises unless a folder can be made or replaced without loss.

    Args:
        folder: path of the folder to be.
        find_foreign: function of the Path of a folder that is not empty; the name of
            something in it that we did not write, or None.

    Raises:
        FileExistsError: something else is there.
        OSError: the folder around it does not exist or cannot be written.
    """
    folder = Path(folder)
    require_writable_folder(folder.absolute().parent)
    try:
        # As long as the folder's name in the making: see `whole_folder`.
        with contextlib.suppress(FileNotFoundError):
            os.lstat(folder.absolute().with_name(f".{folder.name}-part-{'x' * 8}"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Unusable(
            f"An export needs a name that the disk can hold; {str(folder)!r} is none "
            f"({reason}). Name another folder."
        ) from error
    foreign = _foreign(folder, find_foreign)
    if foreign is not None:
        raise FileInTheWay(
            "An export goes into a new folder, or replaces an earlier export; received "
            f"{str(folder)!r}, which {foreign}. Name another folder."
        )


@contextlib.contextmanager
def whole_folder(folder, find_foreign):
    """Yields a temporary folder; moves it to `folder` once all is written.

    An earlier folder is replaced as a whole; until then it stays as it was. What killed
    writers left beside it goes as well, then.

    Args:
        folder: path of the folder to be.
        find_foreign: see `require_replaceable`.

    Yields:
        Path to write into.

    Raises:
        FileExistsError: something else is there.
        FileNotWritten: the disk is full or broken. Other errors pass as they are.
        OSError: the folder around it does not exist or cannot be written.
    """
    folder = Path(folder).absolute()
    require_replaceable(folder, find_foreign)
    prefix = f".{folder.name}-part-"
    with (
        _disk_explained(folder),
        tempfile.TemporaryDirectory(prefix=prefix, dir=folder.parent) as work,
        folder_lock(work),
    ):
        new, old = Path(work) / "new", Path(work) / "old"
        new.mkdir()
        yield new
        require_replaceable(folder, find_foreign)  # the work may have taken minutes
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
        _remove_leftovers(folder.parent, prefix)


@contextlib.contextmanager
def _disk_explained(folder):
    try:
        yield
    except Exception as error:
        reason = reason_of_the_disk(error)
        if reason is None:
            raise
        raise FileNotWritten(folder, reason, ADVICE) from error


def _foreign(folder, find_foreign):
    """What speaks against replacing a folder, in words, or None."""
    if not os.path.lexists(folder):
        return None
    if folder.is_symlink():
        return "is a link"
    if not folder.is_dir():
        return "is a file"
    foreign = find_foreign(folder) if any(folder.iterdir()) else None
    return f"holds something else, {foreign!r}" if foreign else None


def _remove_leftovers(folder, prefix):
    """Removes the temporary folders of killed writers: nobody holds theirs."""
    left = re.compile(re.escape(prefix) + "[a-z0-9_]{8}")
    for path in folder.iterdir():
        if left.fullmatch(path.name) and path.is_dir():
            with folder_lock(path) as is_held:
                if is_held:
                    shutil.rmtree(path, ignore_errors=True)
