import numpy as np
import pytest

from keras_bvae.datasets import load
from keras_bvae.datasets.numbers import number_array

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("shape", "change", "kind", "shape_of_one"),
    [
        ((5, 3), "", "table", (3,)),
        ((5, 9, 4), "+as=series", "series", (9, 4)),
        ((5, 9), "+as=series", "series", (9, 1)),
        ((5, 9, 8, 7), "", "volumes", (9, 8, 7, 1)),
        ((5, 9, 8, 7, 2), "", "volumes", (9, 8, 7, 2)),
        ((5, 9, 8, 3), "+as=volumes", "volumes", (9, 8, 3, 1)),
        ((5, 9, 8), "", "images", (9, 8, 1)),
        ((5, 9, 8, 3), "", "images", (9, 8, 3)),
    ],
)
def test_the_axes_say_what_an_array_is(tmp_path, shape, change, kind, shape_of_one):
    array = RNG.random(shape).astype("float32")
    np.save(tmp_path / "a.npy", array)
    dataset = load(f"array:{tmp_path}/a.npy{change}")
    assert (dataset.kind, dataset.image_shape) == (kind, shape_of_one)
    if kind != "images":
        found = dataset.images_at([3, 1])
        np.testing.assert_array_equal(found, array[[3, 1]].reshape(found.shape))
        assert found.dtype == np.float32


def test_a_table_beside_it_makes_its_factors(tmp_path):
    np.save(tmp_path / "a.npy", RNG.random((4, 3)))
    (tmp_path / "a.csv").write_text("dose\n1\n2\n1\n2\n")
    dataset = load(f"array:{tmp_path}/a.npy")
    assert dataset.factors_at([0, 1]).tolist() == [[0], [1]]
    assert dataset.factor_values == {"dose": ("1", "2")}


def test_one_that_is_large_stays_in_its_file(tmp_path, monkeypatch):
    array = RNG.integers(0, 2000, (6, 4, 5, 6)).astype("int16")
    np.save(tmp_path / "a.npy", array)
    whole = load(f"array:{tmp_path}/a.npy")
    monkeypatch.setattr(number_array, "MOST_BYTES_IN_MEMORY", 1)
    mapped = load(f"array:{tmp_path}/a.npy")
    mapped.prepare()
    assert mapped.stored_images(10**6) is None
    np.testing.assert_array_equal(mapped.images_at([5, 0]), whole.images_at([5, 0]))
    array = array.astype("float32")
    array[3] = np.nan
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(ValueError, match="120 that are not, the first in example 3"):
        load(f"array:{tmp_path}/a.npy").prepare()


@pytest.mark.parametrize(
    ("array", "change", "said"),
    [
        (np.zeros((5, 3)), "+as=volumes", "must have the shape .n, depth, height"),
        (np.zeros((5, 3)), "+as=picture", "must be one of"),
        (np.zeros((5, 3)), "+grey", "`greyscale` is for images"),
        (np.full((5, 3), np.inf), "", "15 that are not, the first in example 0"),
        (np.zeros((0, 3)), "", "must have the shape .n, columns"),
        (np.zeros(3), "", "its shape is"),
    ],
)
def test_what_does_not_fit_is_one_sentence(tmp_path, array, change, said):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(ValueError, match=said):
        load(f"array:{tmp_path}/a.npy{change}")
