import numpy as np
import pytest
from official_dsprites_files import (
    SMALL_SIZES,
    npz_arrays,
    random_images,
    small_classes,
    write_hdf5,
    write_npz,
)

from keras_bvae.datasets.official.dsprites_files import DSpritesFile

WRITERS = {".npz": write_npz, ".hdf5": write_hdf5, ".h5": write_hdf5}


@pytest.fixture(params=sorted(WRITERS))
def write(request, tmp_path):
    """Writes images and classes to a file of each format."""
    return lambda *arrays: WRITERS[request.param](
        tmp_path / f"small{request.param}", *arrays
    )


def test_official_format_is_read_image_by_image(write):
    classes = small_classes()
    images = random_images(len(classes))
    dataset = DSpritesFile(write(images, classes))
    assert dataset.factor_sizes == SMALL_SIZES
    assert dataset.is_complete_grid
    assert dataset.image_shape == (64, 64, 1)
    np.testing.assert_array_equal(
        dataset.images_at(np.arange(48))[..., 0], images * 255
    )
    np.testing.assert_array_equal(
        dataset.images(classes[[7, 3], 1:])[..., 0], images[[7, 3]] * 255
    )


def test_rows_in_another_order_are_found_by_their_factors(write):
    order = np.random.default_rng(1).permutation(48)
    classes = small_classes()
    images = random_images(48)
    dataset = DSpritesFile(write(images[order], classes[order]))
    assert dataset.is_complete_grid
    np.testing.assert_array_equal(dataset.images(classes[:, 1:])[..., 0], images * 255)


def test_part_of_a_grid_gives_the_images_it_has(write):
    classes = small_classes()[::3]
    images = random_images(16)
    dataset = DSpritesFile(write(images, classes))
    assert len(dataset) == 16
    assert not dataset.is_complete_grid
    np.testing.assert_array_equal(
        dataset.images(classes[[4], 1:])[..., 0], images[[4]] * 255
    )
    drawn = dataset.sample_factors(np.random.default_rng(0), 100)
    assert dataset.images(drawn).shape == (100, 64, 64, 1)
    with pytest.raises(ValueError, match="a combination that the data set holds"):
        dataset.images([[0, 0, 0, 0, 1]])


def test_progress_ends_at_the_number_of_images(write):
    calls = []
    dataset = DSpritesFile(write(random_images(48), small_classes()))
    dataset.prepare(lambda done, total: calls.append((done, total)))
    assert calls[-1] == (48, 48)
    dataset.prepare(lambda done, total: calls.append("read twice"))
    assert "read twice" not in calls


def test_pickled_metadata_is_never_loaded(tmp_path, monkeypatch):
    path = write_npz(tmp_path / "a.npz", random_images(48), small_classes())

    def refuse(*_, **__):
        raise AssertionError("unpickled")

    monkeypatch.setattr("pickle.load", refuse)
    monkeypatch.setattr("pickle.loads", refuse)
    assert DSpritesFile(path).images_at([0]).shape == (1, 64, 64, 1)


@pytest.mark.parametrize("name", ["imgs", "latents_classes"])
def test_missing_array_is_named_with_where_to_get_the_file(tmp_path, name):
    arrays = npz_arrays(random_images(48), small_classes())
    del arrays[name]
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(
        ValueError, match=f"it holds no array {name}. Get .*deepmind/dsprites-dataset"
    ):
        DSpritesFile(tmp_path / "a.npz")


def test_missing_group_is_named(tmp_path):
    import h5py

    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        file["imgs"] = random_images(2)
    with pytest.raises(ValueError, match="it holds no array latents/classes"):
        DSpritesFile(tmp_path / "a.hdf5")


@pytest.mark.parametrize(
    ("images", "classes", "message"),
    [
        (np.zeros((2, 32, 32), "uint8"), np.zeros((2, 6), int), r"\(2, 32, 32\), not"),
        (np.zeros((2, 64, 64)), np.zeros((2, 6), int), "imgs is float64"),
        (np.zeros((2, 64, 64), "uint8"), np.zeros((3, 6), int), r"int64 \(3, 6\), not"),
        (np.zeros((2, 64, 64), "uint8"), np.zeros((2, 5), int), r"int64 \(2, 5\), not"),
        (np.zeros((2, 64, 64), "uint8"), np.zeros((2, 6)), "latents_classes is float"),
        (np.zeros((0, 64, 64), "uint8"), np.zeros((0, 6), int), r"int64 \(0, 6\), not"),
        (np.zeros((2, 64, 64), "uint8"), np.ones((2, 6), int), "the colour, is not 0"),
        (
            np.zeros((1, 64, 64), "uint8"),
            np.array([[0, 0, 0, -1, 0, 0]]),
            "its classes run from -1 to 0",
        ),
        (
            np.zeros((1, 64, 64), "uint8"),
            np.array([[0, 0, 0, 9999, 0, 0]]),
            "its classes run from 0 to 9999",
        ),
    ],
)
def test_arrays_of_another_format_are_named(tmp_path, images, classes, message):
    np.savez(tmp_path / "a.npz", imgs=images, latents_classes=classes)
    with pytest.raises(ValueError, match=message):
        DSpritesFile(tmp_path / "a.npz")


def test_pixels_other_than_0_and_1_are_refused(write):
    dataset = DSpritesFile(write(random_images(48) * 255, small_classes()))
    with pytest.raises(ValueError, match="imgs must be 0 or 1; found 255"):
        dataset.prepare()


def test_truncated_file_is_refused(write):
    path = write(random_images(48), small_classes())
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ValueError, match=r"cut short\. Get dsprites_ndarray"):
        DSpritesFile(path)


def test_empty_file_is_refused(write):
    path = write(random_images(48), small_classes())
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="cut short"):
        DSpritesFile(path)


def test_missing_file_says_where_to_get_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="Get dsprites_ndarray_co1sh3sc6or40"):
        DSpritesFile(tmp_path / "nowhere.npz")


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.npz, \.hdf5 or \.h5"):
        DSpritesFile(tmp_path / "a.zip")
