"""Where a result may go: to a new file, or in place of an earlier result of its kind.

Whoever lets a user name an output goes through here, before the work begins: what we
did not write, what the command reads, and what a run lives on is never replaced.
"""

import contextlib
import os
import stat
from pathlib import Path

from keras_bvae.errors import (
    FileInTheWay,
    IsAFolder,
    KerasBVAEError,
    NotAFolder,
    Unusable,
)
from keras_bvae.files.folders import require_writable_folder
from keras_bvae.files.json_file import read_json
from keras_bvae.files.whole_file import longest_part

# What `kbvae train --resume` goes on from; results of other names may be lost.
_OF_A_RUN = ("run.json", "history.csv", "ckpt.keras", "best.keras", ".kbvae.lock")
# Every record of scores has these, those of 0.5.0 too; and every benchmark.
SCORES = ("name", "dataset", "scores")
SPEEDS = ("settings", "backends", "images_per_second")


def require_result_path(path, is_earlier, what="A result", inputs=()):
    """Raises unless a result can be written without loss; call it before the work.

    A file that is empty may be replaced, and one that `is_earlier` says is an earlier
    result. A link is not written through, nor is it replaced.

    Args:
        path: str or Path, the file to be.
        is_earlier: function of an existing file's Path, bool.
        what: str, the subject of the sentence, as "A picture".
        inputs: paths that the command reads: files, and folders with all in them.

    Raises:
        FileInTheWay: something else is there: another kind of file, or an input.
        IsAFolder, Unusable: it is a folder, a link, a pipe or a device.
        OSError: the folder does not exist or cannot be written.
    """
    path = Path(path)
    _require_sound_name(path, what)
    require_writable_folder(path.parent)
    _require_none_of_a_run(path, what)
    if not os.path.lexists(path):
        return
    _require_own_file(path, what)
    for read in inputs:
        _require_not_within(path, Path(read), what)
    if os.lstat(path).st_size and not is_earlier(path):
        raise FileInTheWay(
            f"{what} replaces an earlier one and nothing else; {str(path)!r} holds "
            "something else. Name another file, or move that one away."
        )


def require_record_path(path, keys, inputs=(), is_named=True):
    """Raises unless a record can be written as JSON; see `require_result_path`.

    Args:
        path: str or Path, the file to be.
        keys: `SCORES` or `SPEEDS`, by which an earlier record is known.
        inputs: paths that the command reads.
        is_named: bool, whether a user named the file. Under a name that we give
            ourselves a damaged record is replaced too.

    Raises:
        OSError: as `require_result_path` says.
    """
    require_result_path(
        path, lambda path: _is_record(path, set(keys), is_named), "A record", inputs
    )


def _is_record(path, keys, is_named):
    try:
        found = read_json(path)
    except KerasBVAEError:
        return not is_named
    if isinstance(found, dict) and not is_named:
        return bool(keys & set(found))
    records = found if isinstance(found, list) else [found]
    return all(isinstance(record, dict) and keys <= set(record) for record in records)


def _require_sound_name(path, what):
    """Long names and odd characters: what the system says becomes a sentence."""
    if not path.name:  # such as "", which Python takes for the folder it is in
        raise IsAFolder(
            f"{what} needs a file name; received {str(path)!r}, a folder. Add one."
        )
    try:
        for name in (path, path.with_name(longest_part(path))):
            with contextlib.suppress(FileNotFoundError):
                os.lstat(name)
    except NotADirectoryError as error:
        raise NotAFolder(
            f"{what} is written into a folder; {str(path.parent)!r} is none. Name "
            "another."
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Unusable(
            f"{what} needs a name that the disk can hold; {str(path)!r} is none "
            f"({reason}). Name another file."
        ) from error


def _require_none_of_a_run(path, what):
    # A model that was converted may be called as a run's, and be converted again.
    others = {"run.json", "ckpt.keras"} - ({path.name} - {"run.json"})
    is_run = any(os.path.lexists(path.parent / name) for name in others)
    if is_run and path.name.lower() in _OF_A_RUN:
        raise FileInTheWay(
            f"{what} must leave a run's own files alone; received {str(path)!r}, which "
            "a run goes on from. Name another file."
        )


def _require_own_file(path, what):
    mode = os.lstat(path).st_mode
    if stat.S_ISDIR(mode):
        raise IsAFolder(
            f"{what} must be a file; {str(path)!r} is a folder. Add a file name to it."
        )
    if not stat.S_ISREG(mode):
        kind = "a link" if stat.S_ISLNK(mode) else "a pipe or a device"
        raise Unusable(
            f"{what} must be a file of its own; {str(path)!r} is {kind}. Name a new "
            "file, or the one that is meant."
        )


def _require_not_within(path, read, what):
    try:
        is_one = os.path.samefile(path, read)
        is_within = read.is_dir() and path.resolve().is_relative_to(read.resolve())
    except (OSError, ValueError, RuntimeError):
        return  # an input that is missing: its reader will say so
    if is_one or is_within:
        raise FileInTheWay(
            f"{what} must not replace what is read for it; received {str(path)!r}, "
            f"which {'is' if is_one else 'lies in'} {str(read)!r}. Name another file."
        )
