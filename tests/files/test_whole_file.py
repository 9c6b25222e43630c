import errno
import os
import signal

import pytest
from bare_process import bare_process, on_a_full_disk

from keras_bvae.errors import FileNotWritten
from keras_bvae.files.whole_file import remove_leftovers, whole_file

# Nothing here knows a backend.
pytestmark = pytest.mark.across_backends


def failing_writer(path, error):
    with whole_file(path) as temporary:
        temporary.write_text("ne")
        raise error


def test_the_file_appears_only_when_it_is_whole(tmp_path):
    path = tmp_path / "record.json"
    with whole_file(path) as temporary:
        temporary.write_text("new")
        assert not path.exists()
        assert temporary.suffix == ".json"
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["record.json"]


def test_an_error_in_between_keeps_the_old_file(tmp_path):
    path = tmp_path / "record.json"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="half way"):
        failing_writer(path, RuntimeError("half way"))
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["record.json"]


def test_what_is_not_proven_does_not_replace_the_old_file(tmp_path):
    path = tmp_path / "record.json"
    path.write_text("old")

    def refuse(temporary):
        assert temporary.read_text() == "new"
        raise ValueError("unreadable")

    with (
        pytest.raises(ValueError, match="unreadable"),
        whole_file(path, refuse) as temporary,
    ):
        temporary.write_text("new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["record.json"]


def test_file_and_folder_are_on_the_disk_in_order(tmp_path, monkeypatch):
    path, done = tmp_path / "record.json", []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(handle):
        is_folder = os.path.samestat(os.fstat(handle), os.stat(tmp_path))
        done.append("fsync folder" if is_folder else "fsync file")
        real_fsync(handle)

    def replace(source, target):
        done.append("replace")
        real_replace(source, target)

    monkeypatch.setattr("os.fsync", fsync)
    monkeypatch.setattr("os.replace", replace)
    with whole_file(path, lambda temporary: done.append("prove")) as temporary:
        temporary.write_text("new")
    folder = ["fsync folder"] if os.name == "posix" else []
    assert done == ["fsync file", "prove", "replace", *folder]


def hidden_behind(first):
    """As zipfile and Keras do it: an error while tidying up after another."""
    try:
        try:
            raise first
        finally:
            raise ValueError("Can't close the ZIP file")
    except ValueError as error:
        return error


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OSError(errno.EIO, "Input/output error"),
        hidden_behind(OSError(errno.ENOSPC, "No space left on device")),
        # HDF5's own words, from a full disk.
        RuntimeError("file write failed: errno = 28, error message = 'No space …'"),
    ],
)
def test_a_disk_that_fails_is_one_sentence(tmp_path, error):
    path = tmp_path / "record.json"
    with pytest.raises(FileNotWritten, match=r"\(.+\), there is none yet\. Free space"):
        failing_writer(path, error)
    path.write_text("old")
    with pytest.raises(FileNotWritten, match="the old one is kept") as caught:
        failing_writer(path, error)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    assert path.read_text() == "old"


def test_other_errors_of_the_writer_stay_as_they_are(tmp_path):
    with pytest.raises(FileNotFoundError, match="a source"):
        failing_writer(tmp_path / "a.json", FileNotFoundError(2, "a source"))


FULL_DISK = """
import os
from pathlib import Path
from keras_bvae.files.whole_file import whole_file
path = Path(sys.argv[1], "record.json")
with whole_file(path) as temporary:
    temporary.write_text("old")
try:
    with whole_file(path) as temporary:
        temporary.write_bytes(bytes(1 << 20))
except OSError as error:
    print(type(error).__name__, error, sep="|")
print(os.listdir(path.parent), path.read_text())
"""


def test_a_disk_that_is_full_keeps_the_old_file(tmp_path):
    child = bare_process(FULL_DISK, tmp_path, before=on_a_full_disk(tmp_path, "64k"))
    output, errors = child.communicate()
    sentence, left = output.splitlines()
    assert sentence.startswith("FileNotWritten|A file must be written whole;")
    assert "(No space left on device), the old one is kept. Free space" in sentence
    assert left == "['record.json'] old"
    assert errors == ""


KILLED = """
import os, signal
from keras_bvae.files.whole_file import whole_file
os.replace = lambda *paths: os.kill(os.getpid(), signal.SIGKILL)
with whole_file(sys.argv[1]) as temporary:
    temporary.write_text("new")
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_killed_writer_leaves_the_old_file_and_one_that_can_be_removed(tmp_path):
    path = tmp_path / "record.json"
    path.write_text("old")
    child = bare_process(KILLED, path)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    assert len(os.listdir(tmp_path)) == 2
    remove_leftovers(path)
    assert os.listdir(tmp_path) == ["record.json"]


def test_only_leftovers_of_the_file_are_removed(tmp_path):
    foreign = [
        ".record-notes.json",
        ".record-abcd1234.json",
        ".record-part-abcd1234.txt",
        ".records-part-abcd1234.json",
        "record-part-abcd1234.json",
    ]
    for name in (*foreign, ".record-part-abcd1234.json"):
        (tmp_path / name).write_text("")
    remove_leftovers(tmp_path / "record.json")
    assert sorted(os.listdir(tmp_path)) == sorted(foreign)


has_locks = pytest.mark.skipif(os.name != "posix", reason="needs locks of POSIX")


@has_locks
def test_who_is_at_work_is_left_alone_and_the_dead_are_cleared_by_the_next(tmp_path):
    path = tmp_path / "record.json"
    left = tmp_path / ".record-part-abcd1234.json"
    left.write_text("half")
    with whole_file(path) as first:
        with whole_file(path) as second:
            second.write_text("second")
        assert first.exists()
        assert not left.exists()
        remove_leftovers(path)
        remove_leftovers(tmp_path / "*.json")
        assert first.exists()
        first.write_text("first")
    assert path.read_text() == "first"
    assert os.listdir(tmp_path) == ["record.json"]


@has_locks
def test_hdf5_which_locks_its_files_itself_can_be_written(tmp_path):
    h5py = pytest.importorskip("h5py")
    with whole_file(tmp_path / "a.h5") as temporary, h5py.File(temporary, "w") as file:
        file["x"] = 1
    assert os.listdir(tmp_path) == ["a.h5"]


@has_locks
def test_what_is_no_file_of_ours_is_not_removed(tmp_path):
    """A link goes itself; what it leads to stays."""
    (tmp_path / "mine").write_text("of mine")
    (tmp_path / ".record-part-aaaaaaaa.json").mkdir()
    os.mkfifo(tmp_path / ".record-part-bbbbbbbb.json")
    (tmp_path / ".record-part-cccccccc.json").symlink_to(tmp_path / "mine")
    for is_alone in (False, True):
        remove_leftovers(tmp_path / "record.json", is_alone)
    left = sorted(os.listdir(tmp_path))
    assert left == [".record-part-aaaaaaaa.json", ".record-part-bbbbbbbb.json", "mine"]
    assert (tmp_path / "mine").read_text() == "of mine"


def test_files_get_the_rights_of_ordinary_files(tmp_path):
    with whole_file(tmp_path / "a") as temporary:
        temporary.write_text("x")
    (tmp_path / "b").write_text("x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_pipe_a_device_and_a_folder_are_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name, said in (("pipe", "a pipe or a device"), ("folder", "is a folder")):
        with pytest.raises(OSError, match=said):
            failing_writer(tmp_path / name, RuntimeError("too late"))
    assert sorted(os.listdir(tmp_path)) == ["folder", "pipe"]
