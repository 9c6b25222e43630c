import itertools

import h5py
import numpy as np
import pytest

from keras_bvae.datasets.official.shapes3d import Shapes3D

# Two values of each factor, as the official file spells them.
VALUES = (
    (0.0, 0.1),
    (0.0, 0.9),
    (0.3, 0.8),
    (0.75, 1.25),
    (0.0, 3.0),
    (-30.0, 30.0),
)
LABELS = np.array(list(itertools.product(*VALUES)))
COUNT = 64


def some_images(count=COUNT):
    return np.random.default_rng(0).integers(0, 256, (count, 64, 64, 3), np.uint8)


def write(path, images=None, labels=LABELS):
    with h5py.File(path, "w") as file:
        # Chunks that cut through rows and images, as h5py chooses them for this shape.
        file.create_dataset(
            "images",
            data=some_images() if images is None else images,
            chunks=(15, 4, 4, 1),
            compression="gzip",
        )
        file["labels"] = labels
    return path


def test_official_format_is_read(tmp_path):
    dataset = Shapes3D(write(tmp_path / "3dshapes.h5"))
    assert dataset.name == f"shapes3d:{tmp_path}/3dshapes.h5"
    assert dataset.factor_names == (
        "floor_hue",
        "wall_hue",
        "object_hue",
        "scale",
        "shape",
        "orientation",
    )
    assert dataset.factor_sizes == (2,) * 6
    assert dataset.is_complete_grid
    np.testing.assert_array_equal(
        dataset.images_at([63, 0, 16]), some_images()[[63, 0, 16]]
    )
    dataset.prepare()
    np.testing.assert_array_equal(dataset.images_at(np.arange(COUNT)), some_images())


def test_labels_become_places_among_the_sorted_values(tmp_path):
    dataset = Shapes3D(write(tmp_path / "a.h5"))
    # Row 37 is 100101 in binary: the second value of floor_hue, scale and orientation.
    np.testing.assert_array_equal(LABELS[37], [0.1, 0.0, 0.3, 1.25, 0.0, 30.0])
    np.testing.assert_array_equal(dataset.factors_at([37]), [[1, 0, 0, 1, 0, 1]])
    np.testing.assert_array_equal(
        dataset.images([[1, 0, 0, 1, 0, 1]]), some_images()[[37]]
    )


def test_rows_in_another_order_are_found_by_their_factors(tmp_path):
    order = np.random.default_rng(1).permutation(COUNT)
    dataset = Shapes3D(write(tmp_path / "a.h5", some_images()[order], LABELS[order]))
    assert dataset.is_complete_grid
    np.testing.assert_array_equal(
        dataset.images([[1, 0, 0, 1, 0, 1]]), some_images()[[37]]
    )


def test_nothing_of_the_images_is_read_before_it_is_needed(tmp_path, monkeypatch):
    path = write(tmp_path / "a.h5")
    read = []
    getitem = h5py.Dataset.__getitem__

    def noted(dataset, rows):
        read.append(dataset.name)
        return getitem(dataset, rows)

    monkeypatch.setattr(h5py.Dataset, "__getitem__", noted)
    Shapes3D(path)
    assert read == ["/labels"]


def test_missing_file_says_where_to_get_it(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"nowhere\.h5\. Get 3dshapes\.h5 \(267,573,662 bytes"
    ):
        Shapes3D(tmp_path / "nowhere.h5")


@pytest.mark.parametrize("name", ["images", "labels"])
def test_missing_array_is_named(tmp_path, name):
    with h5py.File(write(tmp_path / "a.h5"), "a") as file:
        del file[name]
    with pytest.raises(ValueError, match=f"holds no array {name}. Get 3dshapes"):
        Shapes3D(tmp_path / "a.h5")


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((64, 64, 64, 3), np.float32), LABELS, "images is float32"),
        (np.zeros((64, 32, 64, 3), np.uint8), LABELS, r"\(64, 32, 64, 3\), not uint8"),
        (None, LABELS[:60], r"labels is float64 \(60, 6\), not float64 \(64, 6\)"),
        (None, LABELS[:, :5], r"labels is float64 \(64, 5\), not"),
        (None, np.where(LABELS == 3, np.nan, LABELS), "values that are not finite"),
    ],
)
def test_arrays_of_another_format_are_named(tmp_path, images, labels, message):
    with pytest.raises(ValueError, match=message):
        Shapes3D(write(tmp_path / "a.h5", images, labels))


def test_labels_that_are_no_classes_are_refused(tmp_path):
    labels = np.zeros((5000, 6))
    labels[:, 2] = np.linspace(0, 1, 5000)
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("images", (5000, 64, 64, 3), np.uint8, chunks=True)
        file["labels"] = labels
    with pytest.raises(ValueError, match="labels holds 5,000 values of object_hue"):
        Shapes3D(path)


def test_truncated_file_is_refused(tmp_path):
    path = write(tmp_path / "a.h5")
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(ValueError, match=r"cut short\. Get 3dshapes"):
        Shapes3D(path)


def test_damaged_images_are_refused_and_leave_nothing(tmp_path):
    path = write(tmp_path / "a.h5")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4000] = bytes(4000)
    path.write_bytes(content)
    dataset = Shapes3D(path)
    with pytest.raises(ValueError, match="array images is damaged"):
        dataset.prepare()
    assert list((tmp_path / "cache").iterdir()) == []
    with pytest.raises(ValueError, match="array images is damaged"):
        dataset.images_at(np.arange(COUNT))
