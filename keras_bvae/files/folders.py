"""Folders that files are written into: there, made, writable, and no links."""

import errno
import os
import shlex
import tempfile
from pathlib import Path

from keras_bvae.errors import FileNotWritten, NotAFolder, NotPermitted, Unusable

# What a disk, not a program, does wrong.
OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
ADVICE = "Free space there or name another folder, and try again."


def as_typed(path):
    """A path as a shell takes it, in a command that we tell to type.

    Args:
        path: str or Path.

    Returns:
        str; quoted where it must be, and never one that looks like an option.
    """
    text = os.path.join(".", path) if str(path).startswith("-") else str(path)
    return shlex.quote(text)


def own_folder(path):
    """Makes a folder inside one of ours, unless it is there; never through a link.

    A run's folder that came from elsewhere may hold `pictures` as a link to somewhere
    else, where we would then write and delete.

    Args:
        path: Path; the folder around it exists.

    Raises:
        Unusable: it is a link. Others: see `make_folder`.
    """
    require_no_link(path)
    make_folder(path)


def make_folder(path):
    """Makes a folder that a user named, and those around it, unless it is there.

    Args:
        path: str or Path. A link to a folder is one.

    Raises:
        NotAFolder: a file is in its way, or a link that leads nowhere.
        NotPermitted, FileNotWritten: it cannot be made.
    """
    require_folder_place(path)
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in OF_THE_DISK:
            raise FileNotWritten(path, error.strerror, ADVICE) from error
        raise NotPermitted(
            f"{str(path)!r} must be a folder that can be made; it cannot "
            f"({error.strerror}). Name another, or change the rights of the folder "
            "around it."
        ) from error


def require_folder_place(path):
    """Raises if `make_folder` must fail: call it before the slow part.

    Raises:
        NotAFolder, NotPermitted: see `make_folder`.
    """
    path = Path(path)
    there = next((p for p in (path, *path.parents) if os.path.lexists(p)), Path())
    if not there.is_dir():
        what = "a link that leads nowhere" if there.is_symlink() else "a file"
        raise NotAFolder(
            f"{str(path)!r} must be a folder, or a place for one; {str(there)!r} is "
            f"{what}. Move it away, or name another folder."
        )
    if not os.access(there, os.W_OK):
        raise NotPermitted(
            f"{str(path)!r} must be a folder that can be written; {str(there)!r} "
            "cannot. Change its rights, or name another."
        )


def require_no_link(path):
    """Raises if a path in a folder of ours is a link: it is not written through.

    Raises:
        Unusable: it is one.
    """
    is_junction = getattr(os.path, "isjunction", lambda path: False)
    if os.path.islink(path) or is_junction(path):
        raise Unusable(
            "Nothing is written or deleted through a link in a run's folder; "
            f"{str(path)!r} is one. Remove the link, or put what it leads to in its "
            "place."
        )


def require_writable_folder(folder):
    """Raises unless files can be made in the folder.

    Raises:
        OSError: it does not exist, is no folder, or cannot be written.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NotAFolder(
            f"Files are written into an existing folder; received {str(folder)!r}, "
            "which is none. Create it or name another."
        )
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        if error.errno in OF_THE_DISK:
            return  # the writer will say so, of its file
        raise NotPermitted(
            f"The folder must be writable; {str(folder)!r} is not "
            f"({error.strerror}). Change its rights or name another."
        ) from error
