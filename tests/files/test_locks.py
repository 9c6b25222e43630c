import errno
import json
import os
import re
import signal
import threading
import time

import pytest
from bare_process import bare_process

from keras_bvae.errors import FolderInUse, Unusable
from keras_bvae.files import locks
from keras_bvae.files.locks import folder_lock, run_lock, waiting_lock

# Nothing here knows a backend.
pytestmark = pytest.mark.across_backends

HOLDER = """
from keras_bvae.files.locks import run_lock
with run_lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.readline()
"""
WRITER = """
import pathlib, time
from keras_bvae.files.locks import waiting_lock
path = pathlib.Path(sys.argv[1])
for _ in range(30):
    with waiting_lock(path):
        for half in (b"(", b")"):
            with open(path, "ab") as file:
                file.write(half)
            time.sleep(0.002)  # whoever may come in does so now
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder until it gets a line."""
    child = bare_process(HOLDER, tmp_path)
    assert child.stdout.readline() == "held\n", child.communicate()[1]
    yield child
    child.kill()
    child.communicate()


def refuse(file, blocking):
    raise OSError(errno.ENOLCK, "No locks available")


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
    real, taken = locks.lock_descriptor, []

    def take(file, blocking):
        if not taken:
            (tmp_path / ".kbvae.lock").unlink()
        taken.append(file)
        return real(file, blocking=blocking)

    monkeypatch.setattr(locks, "lock_descriptor", take)
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
    monkeypatch.setattr(locks, "lock_descriptor", refuse)
    with pytest.warns(UserWarning, match="has no locks"), run_lock(tmp_path):
        pass
    assert os.listdir(tmp_path) == []


def test_who_gets_no_lock_leaves_the_file_of_who_has_one(tmp_path, monkeypatch):
    with run_lock(tmp_path):
        with monkeypatch.context() as patch:
            patch.setattr(locks, "lock_descriptor", refuse)
            with pytest.warns(UserWarning, match="No locks"), run_lock(tmp_path):
                pass
        assert os.listdir(tmp_path) == [".kbvae.lock"]
        with pytest.raises(FolderInUse), run_lock(tmp_path):
            pass


def test_the_byte_that_windows_bars_is_not_of_the_text(tmp_path, monkeypatch):
    def read_on_windows(file, count, real=os.read):
        if os.lseek(file, 0, os.SEEK_CUR) == 0:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(file, count)

    with run_lock(tmp_path):
        text = (tmp_path / ".kbvae.lock").read_bytes()
        monkeypatch.setattr(os, "read", read_on_windows)
        with pytest.raises(FolderInUse, match=f"process {os.getpid()} on"):
            run_lock(tmp_path).__enter__()
    assert json.loads(text[1:])["pid"] == os.getpid()
    assert 0 < len(text) < 1000


def test_a_folder_that_is_none_is_named(tmp_path):
    with (
        pytest.raises(NotADirectoryError, match="existing folder"),
        run_lock(tmp_path / "none"),
    ):
        pass


def test_nothing_is_written_through_a_link(tmp_path):
    thesis, folder = tmp_path / "thesis.txt", tmp_path / "run"
    thesis.write_text("mine")
    folder.mkdir()
    (folder / ".kbvae.lock").symlink_to(thesis)
    with pytest.raises(Unusable, match="is a link"):
        run_lock(folder).__enter__()
    (folder / ".kbvae.lock").unlink()
    (folder / ".kbvae.lock").hardlink_to(thesis)
    with run_lock(folder), pytest.raises(FolderInUse, match="another process"):
        run_lock(folder).__enter__()
    assert thesis.read_text() == "mine"


def test_no_two_processes_are_at_work_at_once(tmp_path):
    path = tmp_path / "a.npy"
    workers = [bare_process(WRITER, path) for _ in range(3)]
    errors = [worker.communicate()[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0], errors
    assert path.read_bytes() == b"()" * 90
    assert os.listdir(tmp_path) == ["a.npy"]


def test_no_two_threads_are_at_work_at_once(tmp_path):
    at_work, most = [], []

    def work():
        for _ in range(5):
            with waiting_lock(tmp_path / "a.npy"):
                at_work.append(None)
                time.sleep(0.002)
                most.append(len(at_work))
                at_work.pop()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 15


def test_others_are_kept_out_until_the_end(tmp_path):
    fcntl = pytest.importorskip("fcntl")
    with waiting_lock(tmp_path / "a.npy") as is_held:
        assert is_held
        file = os.open(tmp_path / ".a.npy.lock", os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(file)
    assert os.listdir(tmp_path) == []


def test_error_inside_gives_the_lock_back(tmp_path):
    with pytest.raises(KeyError, match="inside"), waiting_lock(tmp_path / "a.npy"):
        raise KeyError("inside")
    with waiting_lock(tmp_path / "a.npy") as is_held:
        assert is_held


def test_file_system_without_locks_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "lock_descriptor", refuse)
    with waiting_lock(tmp_path / "a.npy") as is_held:
        assert not is_held
    with folder_lock(tmp_path) as is_held:
        assert not is_held
    assert os.listdir(tmp_path) == []


def test_a_folder_that_takes_no_lock_file_is_said(tmp_path):
    with waiting_lock(tmp_path / "none" / "a.npy") as is_held:
        assert not is_held


def test_a_folder_is_held_once_and_nothing_lies_in_it(tmp_path):
    pytest.importorskip("fcntl", reason="Windows opens no folders")
    with folder_lock(tmp_path) as is_held, folder_lock(tmp_path) as is_held_twice:
        assert is_held
        assert not is_held_twice
        assert os.listdir(tmp_path) == []
    with folder_lock(tmp_path) as is_held:
        assert is_held
