"""What the library raises on purpose: misuse, which the caller can mend, and failure.

Each class is also the built-in exception of its kind, so that `except ValueError` goes
on catching what it caught. `kbvae` exits with 2 on misuse, and with 1 on a failure and
on whatever else comes up.
"""

import re
from pathlib import Path

# A sentence repeats what arrived, and that may be a book, or orders to the terminal.
_LONGEST = 2000
_ORDERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text, longest=_LONGEST):
    """A text without control characters, which come as escapes, and its middle cut.

    Args:
        text: str, of any length.
        longest: int, the number of characters from which on the middle is left out.
    """
    if len(text) > longest:
        half = longest // 2
        text = f"{text[:half]} … ({len(text):,} characters) … {text[-half:]}"
    return _ORDERS.sub(lambda found: ascii(found[0])[1:-1], text)


class KerasBVAEError(Exception):
    """Anything that this library raises on purpose, with a sentence that says why.

    Its text is short enough to be read, and can be printed safely, whatever arrived.
    """

    def __str__(self):
        return printable(super().__str__())


class Misuse(KerasBVAEError):
    """A rule was broken by what arrived: the sentence says which, and what to do."""


class InvalidValue(Misuse, ValueError):
    """An argument, an option, or what stands in a file, is none of those allowed."""


class InvalidType(Misuse, TypeError):
    """An argument is of a kind that cannot be used here."""


class NotSupported(Misuse, NotImplementedError):
    """It is sound, but not to be had in this form or on this backend."""


class MissingPackage(Misuse, ModuleNotFoundError):
    """A package is needed that is not installed; the sentence names it."""


class Unusable(Misuse, OSError):
    """A file, folder or address that was named cannot be used."""


class MissingFile(Unusable, FileNotFoundError):
    """A file or folder that was named does not exist."""


class NotAFolder(Unusable, NotADirectoryError):
    """A folder was named, and there is something else."""


class IsAFolder(Unusable, IsADirectoryError):
    """A file was named, and there is a folder."""


class FileInTheWay(Unusable, FileExistsError):
    """Something stands where a new file or folder is to go."""


class NotPermitted(Unusable, PermissionError):
    """A file or folder that was named may not be read or written."""


class FolderInUse(Unusable, BlockingIOError):
    """Another process, or this one, is at work in the folder."""


class NonFiniteCodes(InvalidValue):
    """A model's codes are NaN or infinite: it has diverged."""


class UntrackedVariable(Misuse, RuntimeError):
    """A training step assigns a variable that its model does not own."""


class Interrupted(KerasBVAEError, RuntimeError):
    """A signal ended a run after a step; all is saved.

    Attributes:
        signal_number: int.
        step: int, the step that was saved.
    """

    def __init__(self, signal_number, step):
        super().__init__(f"interrupted after step {step}")
        self.signal_number = signal_number
        self.step = step


class Failure(KerasBVAEError):
    """It could not be done, though nothing was wrong with what was asked for."""


class FileNotWritten(Failure, OSError):
    """The disk took no whole file; the one of before is as it was.

    Args:
        path: the file to be.
        reason: str, what the disk said.
        advice: str, a sentence: what to do.
        left: None or str, what is there now.

    Attributes:
        path, reason: as given.
    """

    def __init__(self, path, reason, advice, left=None):
        path = Path(path)
        if left is None:
            left = "the old one is kept" if path.exists() else "there is none yet"
        super().__init__(
            f"A file must be written whole; {str(path)!r} could not be ({reason}), "
            f"{left}. {advice}"
        )
        self.path = path
        self.reason = reason


class DiskFull(Failure, OSError):
    """There is no room for what is about to be written."""


class FilmNotWritten(Failure, OSError):
    """ffmpeg ended before the film was whole."""


class Diverged(Failure, RuntimeError):
    """The loss became NaN or infinite; the last good checkpoint was kept."""


class ExportDiffers(Failure, RuntimeError):
    """An exported file does not compute what Keras computes."""
