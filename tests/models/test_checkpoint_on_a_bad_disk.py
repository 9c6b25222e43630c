"""A save that fails, is killed or reads back damaged costs nothing that was there."""

import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import pytest
from small_model import small_images, small_model

from keras_bvae.errors import FileNotWritten
from keras_bvae.models.checkpoint import (
    load_checkpoint,
    read_state,
    save_checkpoint,
)
from keras_bvae.runs.run_folder import RunFolder


def test_a_failed_save_keeps_the_old_file_and_leaves_nothing(tmp_path, monkeypatch):
    model, path = small_model(), tmp_path / "ckpt.keras"
    save_checkpoint(model, path)
    before = path.read_bytes()

    def fail(target, *args, **kwargs):
        target.write_bytes(b"half")
        raise RuntimeError("no such layer")

    monkeypatch.setattr(model, "save", fail)
    with pytest.raises(RuntimeError, match="no such layer"):
        save_checkpoint(model, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def largest_file():
    """A function that sets how many bytes a file may have: the kernel's own refusal."""
    resource = pytest.importorskip("resource", reason="needs limits of a POSIX system")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


# The end of the file is its directory and our state.
@pytest.mark.parametrize("left_out", [0.99, 0.5, 0.1, 10])
def test_a_disk_that_fills_up_keeps_the_last_good_file(
    tmp_path, largest_file, left_out, capsys
):
    model, path = small_model(), tmp_path / "ckpt.keras"
    save_checkpoint(model, path, {"step": 0})
    before = path.read_bytes()
    model.train_on_batch(small_images(4))
    lost = left_out if left_out > 1 else int(left_out * len(before))
    largest_file(len(before) - lost)
    kept = "the last good one, of step 0, is kept"
    with pytest.raises(FileNotWritten, match=kept) as caught:
        save_checkpoint(model, path, {"step": 1})
    assert str(caught.value).endswith(f"`kbvae train --resume {tmp_path}`.")
    assert "\n" not in str(caught.value)
    largest_file(2 * len(before))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    save_checkpoint(model, path, {"step": 1})
    assert int(load_checkpoint(path).step) == read_state(path)["step"] == 1
    assert capsys.readouterr().err == ""


def test_a_disk_that_is_full_from_the_beginning(tmp_path, largest_file):
    largest_file(100)
    with pytest.raises(FileNotWritten, match=r"none yet\. Free space there"):
        save_checkpoint(small_model(), tmp_path / "ckpt.keras")
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
sys.path[:0] = sys.argv[2:]
from small_model import small_images, small_model
from keras_bvae.models.checkpoint import save_checkpoint
model = small_model()
save_checkpoint(model, sys.argv[1], {"step": 0})
model.train_on_batch(small_images(4))
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
save_checkpoint(model, sys.argv[1], {"step": 1})
"""


@pytest.mark.across_backends
@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_run_killed_while_it_saves_leaves_the_last_good_file(tmp_path):
    path, root = tmp_path / "ckpt.keras", Path(__file__).parents[2]
    child = subprocess.run(
        [sys.executable, "-c", KILLED, path, root, root / "tests"],
        env={**os.environ, "KERAS_BACKEND": keras.backend.backend()},
        capture_output=True,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert len(list(tmp_path.iterdir())) == 2
    with RunFolder(tmp_path).alone():
        assert int(load_checkpoint(path).step) == read_state(path)["step"] == 0
    assert list(tmp_path.iterdir()) == [path]


def flip_a_byte(archive):
    middle = archive.stat().st_size // 2
    with open(archive, "rb+") as file:
        file.seek(middle)
        byte = file.read(1)[0]
        file.seek(middle)
        file.write(bytes([byte ^ 255]))


def leave_out_the_weights(archive):
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("config.json", "{}")
        file.writestr("metadata.json", "{}")


def cut_the_weights(archive):
    with zipfile.ZipFile(archive) as file:
        members = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(archive, "w") as file:
        for name, content in members.items():
            file.writestr(name, content[: len(content) // 2])


@pytest.mark.across_backends
@pytest.mark.parametrize(
    "damage", [flip_a_byte, leave_out_the_weights, cut_the_weights]
)
def test_a_file_that_reads_back_damaged_does_not_replace_the_good_one(
    tmp_path, monkeypatch, damage
):
    model, path = small_model(), tmp_path / "ckpt.keras"
    save_checkpoint(model, path, {"step": 7})
    before, save = path.read_bytes(), model.save

    def save_badly(target):
        save(target)
        damage(target)

    monkeypatch.setattr(model, "save", save_badly)
    with pytest.raises(FileNotWritten, match=r"reads back damaged.+ step 7, is kept"):
        save_checkpoint(model, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
