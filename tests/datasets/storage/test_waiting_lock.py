import os
import subprocess
import sys

import pytest

from keras_bvae.datasets.storage import waiting_lock as module
from keras_bvae.datasets.storage.waiting_lock import waiting_lock

fcntl = pytest.importorskip("fcntl")

# Runs the file alone: importing the library would take each process seconds.
WORKER = """
import pathlib, runpy, sys, time
waiting_lock = runpy.run_path(sys.argv[1])["waiting_lock"]
path = pathlib.Path(sys.argv[2])
for _ in range(30):
    with waiting_lock(path):
        for half in (b"(", b")"):
            with open(path, "ab") as file:
                file.write(half)
            time.sleep(0.002)  # whoever may come in does so now
"""


def test_no_two_processes_are_at_work_at_once(tmp_path):
    path = tmp_path / "a.npy"
    command = [sys.executable, "-c", WORKER, module.__file__, str(path)]
    workers = [subprocess.Popen(command) for _ in range(3)]
    assert [worker.wait() for worker in workers] == [0, 0, 0]
    assert path.read_bytes() == b"()" * 90
    assert os.listdir(tmp_path) == ["a.npy"]


def test_others_are_kept_out_until_the_end(tmp_path):
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
    def refuse(*_):
        raise OSError("no locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with waiting_lock(tmp_path / "a.npy") as is_held:
        assert not is_held
    monkeypatch.setattr(module, "fcntl", None)
    with waiting_lock(tmp_path / "a.npy") as is_held:
        assert not is_held
