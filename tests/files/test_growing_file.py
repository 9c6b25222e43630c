import errno
import os

import pytest

from keras_bvae.errors import FileNotWritten, Unusable
from keras_bvae.files.growing_file import GrowingFile

needs_links = pytest.mark.skipif(os.name != "posix", reason="needs links")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lines.csv"


@pytest.fixture
def growing(path):
    file = GrowingFile(path, lambda: "Free space.")
    file.replace("one\r\n")
    return file


def test_lines_come_behind_those_of_before(path, growing):
    assert growing.append("two\r\n")
    assert growing.append("dreißig\r\n")
    assert path.read_bytes() == "one\r\ntwo\r\ndreißig\r\n".encode()
    assert os.listdir(path.parent) == [path.name]


def test_a_line_is_written_at_once_and_alone(growing, monkeypatch):
    written, real = [], os.write
    monkeypatch.setattr(os, "write", lambda *a: written.append(a[1]) or real(*a))
    for number in range(100):
        growing.append(f"{number:04d}\r\n")
    assert written == [f"{number:04d}\r\n".encode() for number in range(100)]


def test_a_system_that_takes_less_at_a_time_gets_the_rest(path, growing, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:3]))
    growing.append("a longer line\r\n")
    assert path.read_bytes() == b"one\r\na longer line\r\n"


def test_nothing_is_added_before_the_file_was_written_whole(path):
    path.write_text("of somebody\n")
    assert not GrowingFile(path).append("two\n")
    assert path.read_text() == "of somebody\n"


def _changed(path):
    path.write_bytes(b"one, edited\r\n")


def _exchanged(path):
    path.rename(path.with_name("old"))
    path.write_bytes(b"one\r\n")


def _linked(path):
    os.link(path, path.with_name("backup"))


@pytest.mark.parametrize("change", [os.unlink, _changed, _exchanged, _linked])
def test_a_file_that_somebody_changed_is_left_to_the_caller(path, growing, change):
    change(path)
    before = {p.name: p.read_bytes() for p in path.parent.iterdir()}
    assert not growing.append("two\r\n")
    assert {p.name: p.read_bytes() for p in path.parent.iterdir()} == before
    growing.replace("one\r\ntwo\r\n")
    assert growing.append("three\r\n")
    assert path.read_bytes() == b"one\r\ntwo\r\nthree\r\n"


@needs_links
def test_a_link_is_not_written_through(path, growing):
    outside = path.with_name("outside")
    outside.write_bytes(b"one\r\n")
    path.unlink()
    path.symlink_to(outside)
    with pytest.raises(Unusable, match="through a link"):
        growing.append("two\r\n")
    assert outside.read_bytes() == b"one\r\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_a_pipe_is_not_waited_for(path, growing):
    path.unlink()
    os.mkfifo(path)
    assert not growing.append("two\r\n")
    with pytest.raises(Unusable, match="pipe"):
        growing.replace("one\r\n")


def test_a_full_disk_leaves_the_file_as_it_was(path, growing, monkeypatch):
    real = os.write

    def fill(handle, data):
        if len(data) < 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data[:4])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fill)
        with pytest.raises(FileNotWritten, match=r"Free space\."):
            growing.append("second\r\n")
    assert path.read_bytes() == b"one\r\n"
    assert growing.append("second\r\n")
    assert path.read_bytes() == b"one\r\nsecond\r\n"


def test_the_disk_is_waited_for_when_it_is_asked_for(growing, monkeypatch):
    synced, real = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(handle))
    growing.put_on_disk()
    growing.append("two\r\n")
    growing.append("three\r\n")
    assert synced == []
    growing.put_on_disk()
    growing.put_on_disk()
    assert len(synced) == 1

    def refuse(handle):
        raise OSError(errno.EIO, "Input/output error")

    growing.append("four\r\n")
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(FileNotWritten):
        growing.put_on_disk()
    monkeypatch.setattr(os, "fsync", real)
    growing.put_on_disk()
