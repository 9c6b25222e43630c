"""Child processes that start in a moment: `keras_bvae` without what it imports.

For modules of ours that need no Keras, in tests that kill, or compete with, a process.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "keras_bvae"
PREAMBLE = """
import sys, types
package = types.ModuleType("keras_bvae")
package.__path__ = [sys.argv.pop(1)]
sys.modules["keras_bvae"] = package
"""


def bare_process(script, *arguments, before=()):
    """A started child; its output can be read, its input written, as text.

    Args:
        script: str, Python; `sys.argv[1:]` are the arguments.
        before: words of a command that starts what follows it.
    """
    words = [sys.executable, "-c", PREAMBLE + script, str(PACKAGE)]
    return subprocess.Popen(
        [*before, *words, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def on_a_full_disk(folder, size):
    """What to put before a command so that `folder` is a new disk of that size.

    The test is skipped where a process may not mount one of its own.
    """
    script = f'mount -t tmpfs -o size={size} tmpfs "$0" && exec "$@"'
    before = ("unshare", "--map-root-user", "--mount", "sh", "-c", script, str(folder))
    if (
        shutil.which("unshare") is None
        or subprocess.run([*before, "true"], capture_output=True).returncode
    ):
        pytest.skip("needs the right to mount a small disk in a namespace")
    return before
