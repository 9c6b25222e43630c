import shutil

import numpy as np
import pytest

from keras_bvae.datasets.storage.mapped_images import read_mapped, write_mapped

SHAPE = (5, 2, 3, 1)


def some_images():
    return np.arange(30, dtype=np.uint8).reshape(SHAPE)


def write(path, chunks=None, version="one"):
    images = some_images()
    write_mapped(path, SHAPE, version, chunks or [images[:2], images[2:]])
    return path


def test_what_was_written_is_read_again(tmp_path):
    path = write(tmp_path / "new" / "images.npy")
    mapped = read_mapped(path, SHAPE, "one")
    np.testing.assert_array_equal(mapped, some_images())
    assert not mapped.flags.writeable
    # NumPy knows the format without us.
    np.testing.assert_array_equal(np.load(path, allow_pickle=False), some_images())


def test_progress_counts_images(tmp_path):
    calls = []
    images = some_images()
    chunks = [images[:2], images[2:]]
    write_mapped(
        tmp_path / "a.npy", SHAPE, "one", chunks, lambda *call: calls.append(call)
    )
    assert calls == [(2, 5), (5, 5)]


@pytest.mark.parametrize(
    ("shape", "version"), [(SHAPE, "two"), ((5, 3, 2, 1), "one"), ((4, 2, 3, 1), "one")]
)
def test_file_of_another_version_or_shape_is_not_used(tmp_path, shape, version):
    path = write(tmp_path / "a.npy")
    assert read_mapped(path, shape, version) is None


@pytest.mark.parametrize("bytes_kept", [0, 100, -1])
def test_truncated_file_is_not_used(tmp_path, bytes_kept):
    path = write(tmp_path / "a.npy")
    path.write_bytes(path.read_bytes()[:bytes_kept])
    assert read_mapped(path, SHAPE, "one") is None


def test_missing_file_is_not_used(tmp_path):
    assert read_mapped(tmp_path / "a.npy", SHAPE, "one") is None


def test_error_while_reading_leaves_nothing(tmp_path):
    def chunks():
        yield some_images()[:2]
        raise ValueError("the source is damaged")

    with pytest.raises(ValueError, match="the source is damaged"):
        write(tmp_path / "a.npy", chunks())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("chunk", "received"),
    [
        (some_images()[:4], "received 4 of them"),
        (np.zeros((5, 3, 3, 1), np.uint8), r"received uint8 images of \(3, 3, 1\)"),
        (np.zeros(SHAPE), r"received float64 images of \(2, 3, 1\)"),
    ],
)
def test_images_of_another_form_are_refused(tmp_path, chunk, received):
    with pytest.raises(ValueError, match=rf"5 of \(2, 3, 1\), uint8; {received}"):
        write(tmp_path / "a.npy", [chunk])
    assert list(tmp_path.iterdir()) == []


def test_full_disk_is_noticed_before_any_work(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=5_800_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    # 480,000 · 64 · 64 · 3 bytes
    with pytest.raises(OSError, match=r"need 5\.9 GB .* it has 5\.8 GB free\. Free"):
        write_mapped(tmp_path / "a.npy", (480_000, 64, 64, 3), "one", None)
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_made_names_the_variable(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="Set KERAS_BVAE_CACHE to another folder"):
        write(tmp_path / "file" / "below" / "a.npy")


def test_leftovers_of_a_killed_writer_are_removed(tmp_path):
    (tmp_path / ".a-part-abcdefgh.npy").write_bytes(b"half")
    write(tmp_path / "a.npy")
    assert [file.name for file in tmp_path.iterdir()] == ["a.npy"]


def test_file_that_another_process_wrote_meanwhile_is_taken(tmp_path):
    path = write(tmp_path / "a.npy")

    def chunks():
        raise AssertionError("written twice")
        yield

    write(path, chunks())
    np.testing.assert_array_equal(read_mapped(path, SHAPE, "one"), some_images())
