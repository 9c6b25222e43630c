"""`kbvae` on squares that are drawn in a moment, in a process that can be killed."""

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

TESTS = Path(__file__).parent
PATIENCE = 300  # seconds for a process to end by itself


def command_on_squares(arguments):
    """What the process does: `kbvae` with `--data squares`, whatever is typed."""
    from kbvae.__main__ import main as command
    from keras_bvae import datasets

    datasets.load = lambda name: squares(datasets)
    command(arguments, prog_name="kbvae")


def squares(datasets):
    """Squares of three sizes at 13×13 places, 16×16 pixels."""

    class Squares(datasets.Dataset):
        def _images_at(self, indices):
            images = np.zeros((len(indices), 16, 16, 1), "uint8")
            places = self.factors_at(indices)
            for image, (size, row, column) in zip(images, places, strict=True):
                image[row : row + 2 + size, column : column + 2 + size] = 255
            return images

    grid = datasets.FactorGrid(("size", "row", "column"), (3, 13, 13))
    return Squares("squares", (16, 16, 1), grid, description="squares")


class CommandOnSquares:
    """A process that runs the command; `code` once it ended, as `subprocess` has it."""

    def __init__(self, words, log, fresh):
        self.code = None
        self.log = log
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid:
            return
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        if fresh:
            script = (
                f"import sys; sys.path.insert(0, {str(TESTS)!r}); "
                "import command_on_squares as it; it.command_on_squares(sys.argv[1:])"
            )
            os.execv(sys.executable, [sys.executable, "-c", script, *words])
        code = 1
        try:
            command_on_squares(words)
        except SystemExit as stop:
            code = stop.code or 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def is_running(self):
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is None

    def wait(self, seconds):
        """Whether it is still running after so long."""
        deadline = time.monotonic() + seconds
        while self.is_running() and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, 0.05))
        return self.is_running()

    def wait_for(self, is_so, times=1):
        """Whether something was so, and `times - 1` times again, before it ended."""
        was_so = False
        while self.is_running():
            now = is_so()
            times -= now and not was_so
            if times == 0:
                return True
            was_so = now
            time.sleep(0.002)
        return False

    def send(self, number):
        os.kill(self.pid, number)
        self.end(expect_success=False)

    def end(self, expect_success=True):
        if self.wait(PATIENCE):
            os.kill(self.pid, signal.SIGKILL)
            sys.exit(f"A child did not end within {PATIENCE} s.")
        if expect_success and self.code != 0:
            sys.exit(f"A child failed, {self.code}:\n{self.log.read_text()}")
