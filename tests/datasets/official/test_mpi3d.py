import numpy as np
import pytest

from keras_bvae.datasets.official import mpi3d
from keras_bvae.datasets.official.mpi3d import MPI3D

SIZES = (2, 1, 2, 1, 1, 2, 3)
COUNT = 24


@pytest.fixture
def cache(tmp_path):
    """Where conftest.py puts the cache folder of each test."""
    return tmp_path / "cache"


def some_images(count=COUNT):
    return np.random.default_rng(0).integers(0, 256, (count, 64, 64, 3), np.uint8)


@pytest.fixture(params=[np.savez, np.savez_compressed], ids=["stored", "compressed"])
def write(request, tmp_path):
    """Writes the array `images` to a file of each kind."""

    def writer(images):
        request.param(tmp_path / "a.npz", images=images)
        return tmp_path / "a.npz"

    return writer


def test_array_with_an_axis_a_factor_is_read(write):
    dataset = MPI3D(write(some_images().reshape(*SIZES, 64, 64, 3)))
    assert dataset.factor_names == (
        "object_color",
        "object_shape",
        "object_size",
        "camera_height",
        "background_color",
        "horizontal_axis",
        "vertical_axis",
    )
    assert dataset.factor_sizes == SIZES
    assert dataset.is_complete_grid
    np.testing.assert_array_equal(dataset.images_at([23, 0]), some_images()[[23, 0]])
    # 1·12 + 0 + 1·6 + 0 + 0 + 0·3 + 2
    np.testing.assert_array_equal(
        dataset.images([[1, 0, 1, 0, 0, 0, 2]]), some_images()[[20]]
    )
    dataset.prepare()
    np.testing.assert_array_equal(dataset.images_at(np.arange(COUNT)), some_images())


def test_stored_images_are_mapped_and_not_copied(tmp_path, cache):
    np.savez(tmp_path / "a.npz", images=some_images().reshape(*SIZES, 64, 64, 3))
    dataset = MPI3D(tmp_path / "a.npz")
    dataset.prepare()
    np.testing.assert_array_equal(dataset.images_at([3]), some_images()[[3]])
    assert not cache.exists()


def test_compressed_images_are_unpacked_once(tmp_path, cache):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, images=some_images().reshape(*SIZES, 64, 64, 3))
    MPI3D(path).prepare()
    times = [file.stat().st_mtime_ns for file in cache.iterdir()]
    assert len(times) == 1
    MPI3D(path).prepare()
    assert [file.stat().st_mtime_ns for file in cache.iterdir()] == times


def test_number_of_images_says_the_sizes(write, monkeypatch):
    monkeypatch.setitem(mpi3d.SIZES, COUNT, SIZES)
    dataset = MPI3D(write(some_images()))
    assert dataset.factor_sizes == SIZES
    dataset.prepare()
    np.testing.assert_array_equal(dataset.images_at(np.arange(COUNT)), some_images())


def test_official_sizes():
    assert mpi3d.SIZES == {
        1_036_800: (6, 6, 2, 3, 3, 40, 40),
        460_800: (4, 4, 2, 3, 3, 40, 40),
    }


def test_missing_file_says_where_to_get_it(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"Get mpi3d_toy\.npz \(12\.7 GB unpacked, md5 55889cb7"
    ):
        MPI3D(tmp_path / "nowhere.npz")


def test_missing_array_is_named(tmp_path):
    np.savez(tmp_path / "a.npz", imgs=some_images())
    with pytest.raises(ValueError, match=r"holds no array images\. Get mpi3d"):
        MPI3D(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((24, 64, 64, 3)), r"float64 \(24, 64, 64, 3\), not uint8"),
        (np.zeros((24, 64, 64), np.uint8), r"uint8 \(24, 64, 64\), not uint8"),
        (np.zeros((24, 64, 64, 3), np.uint8), "not 1,036,800 or 460,800 images nor"),
        (np.zeros((4, 6, 64, 64, 3), np.uint8), r"\(4, 6, 64, 64, 3\), not 1,036,800"),
        (np.zeros((64, 64, 3), np.uint8), r"\(64, 64, 3\), not 1,036,800"),
        (np.zeros((0,) * 7 + (64, 64, 3), np.uint8), "not 1,036,800"),
    ],
)
def test_arrays_of_another_format_are_named(write, images, message):
    with pytest.raises(ValueError, match=message):
        MPI3D(write(images))


def test_truncated_file_is_refused(write):
    path = write(some_images().reshape(*SIZES, 64, 64, 3))
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(ValueError, match=r"cut short\. Get mpi3d"):
        MPI3D(path)


def test_damaged_compressed_images_are_refused_and_leave_nothing(tmp_path, cache):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, images=some_images().reshape(*SIZES, 64, 64, 3))
    content = bytearray(path.read_bytes())
    content[150_000:150_100] = bytes(100)
    path.write_bytes(content)
    dataset = MPI3D(path)
    with pytest.raises(ValueError, match="array images is damaged"):
        dataset.prepare()
    assert list(cache.iterdir()) == []
