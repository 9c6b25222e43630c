"""A text file that grows by whole lines: a write costs the same, however long it is."""

import contextlib
import os
import stat

from keras_bvae.errors import FileNotWritten
from keras_bvae.files.folders import ADVICE, require_no_link
from keras_bvae.files.whole_file import reason_of_the_disk, whole_file

# Windows has neither links of this kind nor the pipes that would be waited for.
_FLAGS = (
    os.O_RDWR
    | os.O_APPEND
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class GrowingFile:
    """Adds lines behind what it wrote before; nothing is read or written again.

    What is added is the system's at once, in one write: a process that is killed loses
    none of it, and leaves at most its last line torn, without a line's end. A power
    cut may take what came after the last `put_on_disk`.

    Args:
        path: Path, in a folder that this process holds.
        advice: function without arguments to str, a sentence: what to do when the disk
            is full.
    """

    def __init__(self, path, advice=lambda: ADVICE):
        self.path = path
        self._advice = advice
        self._left = None  # device, file and size, as we left it
        self._is_on_disk = True

    def replace(self, text):
        """Writes the file whole, and puts it on the disk; see `whole_file`.

        Args:
            text: str, whole lines.

        Raises:
            FileNotWritten: the disk is full; the old file is kept.
            OSError: as `whole_file` says.
        """
        data = text.encode()
        with whole_file(self.path, advice=self._advice()) as temporary:
            temporary.write_bytes(data)
            status = os.stat(temporary)
        self._left = status.st_dev, status.st_ino, len(data)
        self._is_on_disk = True

    def append(self, text):
        """Adds lines, unless the file is not as this object left it.

        Not so is one that somebody changed, removed or gave a second name to, whose
        contents would change with it. Such a file is for the caller to replace.

        Args:
            text: str, whole lines.

        Returns:
            bool, whether they were added.

        Raises:
            FileNotWritten: the disk is full; the file is as it was.
            Unusable: a link is in its place.
        """
        with self._opened() as handle:
            if handle is None:
                return False
            data = text.encode()
            device, number, size = self._left
            try:
                _write(handle, data)
            except OSError as error:
                with contextlib.suppress(OSError):
                    os.ftruncate(handle, size)
                self._raise(error)
            self._left = device, number, size + len(data)
            self._is_on_disk = False
        return True

    def put_on_disk(self):
        """Waits until all that was added would outlive a power cut.

        Raises:
            FileNotWritten: the disk is full or broken.
        """
        if self._is_on_disk:
            return
        with self._opened() as handle:
            try:
                if handle is not None:
                    os.fsync(handle)
            except OSError as error:
                self._raise(error)
        self._is_on_disk = True

    @contextlib.contextmanager
    def _opened(self):
        """Yields a descriptor; None where the file is not as we left it."""
        require_no_link(self.path)
        handle = None
        if self._left is not None:
            with contextlib.suppress(OSError):
                handle = os.open(self.path, _FLAGS)
        try:
            yield handle if handle is not None and self._is_ours(handle) else None
        finally:
            if handle is not None:
                os.close(handle)

    def _is_ours(self, handle):
        status = os.fstat(handle)
        found = status.st_dev, status.st_ino, status.st_size
        is_single = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
        return is_single and found == self._left

    def _raise(self, error):
        reason = reason_of_the_disk(error)
        if reason is None:
            raise error
        raise FileNotWritten(self.path, reason, self._advice()) from error


def _write(handle, data):
    """All of it: the system may take less at a time."""
    while data:
        data = data[os.write(handle, data) :]
