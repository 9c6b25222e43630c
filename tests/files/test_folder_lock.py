import errno
import os
import re
import signal

import pytest
from bare_process import bare_process

from keras_bvae.errors import FolderInUse
from keras_bvae.files import folder_lock as locks
from keras_bvae.files.folder_lock import run_lock

# Nothing here knows a backend.
pytestmark = pytest.mark.across_backends

HOLDER = """
from keras_bvae.files.folder_lock import run_lock
with run_lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder until it gets a line."""
    child = bare_process(HOLDER, tmp_path)
    assert child.stdout.readline() == "held\n", child.communicate()[1]
    yield child
    child.kill()
    child.communicate()


def test_a_second_process_is_refused_by_the_first_ones_number(tmp_path, holder):
    with (
        pytest.raises(FolderInUse, match=rf"in use by process {holder.pid} on \w+"),
        run_lock(tmp_path),
    ):
        pass
    with pytest.raises(OSError, match=re.escape(str(tmp_path))) as caught:
        run_lock(tmp_path).__enter__()
    assert "\n" not in str(caught.value)


def test_the_folder_is_free_and_clean_when_the_holder_ends(tmp_path, holder):
    holder.communicate("\n")
    assert os.listdir(tmp_path) == []
    with run_lock(tmp_path):
        pass


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_killed_holder_leaves_no_lock(tmp_path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert os.listdir(tmp_path) == [".kbvae.lock"]
    with run_lock(tmp_path):
        pass
    assert os.listdir(tmp_path) == []


def test_one_process_cannot_hold_a_folder_twice(tmp_path):
    with run_lock(tmp_path):
        with (
            pytest.raises(FolderInUse, match=f"process {os.getpid()} on"),
            run_lock(tmp_path),
        ):
            pass
        assert os.listdir(tmp_path) == [".kbvae.lock"]


def test_the_lock_ends_with_an_error_inside(tmp_path):
    with pytest.raises(KeyError), run_lock(tmp_path):
        raise KeyError
    with run_lock(tmp_path):
        pass


def test_a_lock_on_a_file_that_was_removed_meanwhile_counts_for_nothing(
    tmp_path, monkeypatch
):
    """The first holder ends between our opening of its file and our taking it."""
    real, taken = locks._take, []

    def take(file):
        if not taken:
            (tmp_path / ".kbvae.lock").unlink()
        taken.append(file)
        real(file)

    monkeypatch.setattr(locks, "_take", take)
    with run_lock(tmp_path):
        assert len(taken) == 2
        with pytest.raises(FolderInUse), run_lock(tmp_path):
            pass


def test_a_holder_that_did_not_sign_is_another_process(tmp_path):
    with run_lock(tmp_path):
        (tmp_path / ".kbvae.lock").write_text("")
        with pytest.raises(FolderInUse, match="another process"):
            run_lock(tmp_path).__enter__()


def test_a_file_system_without_locks_is_a_warning(tmp_path, monkeypatch):
    def refuse(file):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locks, "_take", refuse)
    with pytest.warns(UserWarning, match="has no locks"), run_lock(tmp_path):
        pass
    assert os.listdir(tmp_path) == []


def test_windows_locks_a_byte_behind_the_text(tmp_path, monkeypatch):
    class Msvcrt:
        LK_NBLCK = 2

        @staticmethod
        def locking(file, mode, count):
            called.append((os.lseek(file, 0, os.SEEK_CUR), mode, count))

    called = []
    monkeypatch.setattr(locks, "fcntl", None)
    monkeypatch.setattr(locks, "msvcrt", Msvcrt, raising=False)
    with run_lock(tmp_path):
        size = (tmp_path / ".kbvae.lock").stat().st_size
    assert called == [(1 << 30, 2, 1)]
    assert 0 < size < 1000


def test_a_folder_that_is_none_is_named(tmp_path):
    with (
        pytest.raises(NotADirectoryError, match="existing folder"),
        run_lock(tmp_path / "none"),
    ):
        pass
