import re

import numpy as np
import pytest

from keras_bvae.datasets.own import image_array
from keras_bvae.datasets.own.image_array import ImageArray
from keras_bvae.errors import InvalidValue


@pytest.fixture
def cache(tmp_path):
    """Where conftest.py puts the cache folder of each test."""
    return tmp_path / "cache"


def saved(tmp_path, array, name="a.npy"):
    np.save(tmp_path / name, array)
    return tmp_path / name


def random_bytes(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("shape", [(5, 12, 10), (5, 12, 10, 1), (5, 12, 10, 3)])
def test_bytes_are_served_from_the_file_itself(tmp_path, cache, shape):
    images = random_bytes(*shape)
    dataset = ImageArray(saved(tmp_path, images))
    assert dataset.image_shape == (12, 10, 3 if shape[3:] == (3,) else 1)
    dataset.prepare()
    served = dataset.images_at([4, 0, 2])
    np.testing.assert_array_equal(served, images.reshape(5, 12, 10, -1)[[4, 0, 2]])
    stored = dataset.stored_images(5)
    np.testing.assert_array_equal(stored, images.reshape(5, 12, 10, -1))
    assert not cache.exists()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ">f4"])
def test_floating_point_is_rounded_to_bytes(tmp_path, dtype):
    images = np.linspace(0, 1, 4 * 8 * 8).reshape(4, 8, 8).astype(dtype)
    dataset = ImageArray(saved(tmp_path, images))
    expected = np.rint(np.float32(images) * 255)[..., None]
    np.testing.assert_array_equal(dataset.images_at([3, 1]), expected[[3, 1]])
    dataset.prepare()
    np.testing.assert_array_equal(dataset.images_at(np.arange(4)), expected)


@pytest.mark.parametrize("dtype", [bool, np.uint8])
def test_black_and_white_reaches_white(tmp_path, dtype):
    images = np.random.default_rng(0).integers(0, 2, (4, 8, 8)).astype(dtype)
    dataset = ImageArray(saved(tmp_path, images))
    few = dataset.images_at([2])
    dataset.prepare()
    np.testing.assert_array_equal(few, dataset.images_at([2]))
    np.testing.assert_array_equal(
        dataset.images_at(np.arange(4))[..., 0], images.astype(int) * 255
    )


@pytest.mark.parametrize("value", [-0.01, 1.5, np.nan, np.inf])
def test_value_out_of_range_is_named_by_its_image(tmp_path, monkeypatch, value):
    monkeypatch.setattr(image_array, "BYTES_AT_ONCE", 2 * 4 * 4 * 4)  # two images
    images = np.zeros((5, 4, 4), np.float32)
    images[3, 1, 2] = value
    dataset = ImageArray(saved(tmp_path, images))
    for read in (dataset.prepare, lambda: dataset.images_at([1, 3])):
        with pytest.raises(ValueError, match=f"{value:g} in image 3"):
            read()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("names", [["x"], ["labels", "images"], ["imgs", "labels"]])
def test_npz_with_one_array_or_images(tmp_path, save, names):
    images = random_bytes(6, 8, 8, 3)
    arrays = {name: images if name != "labels" else np.arange(6) for name in names}
    save(tmp_path / "a.npz", **arrays)
    dataset = ImageArray(tmp_path / "a.npz")
    np.testing.assert_array_equal(dataset.images_at([5, 2]), images[[5, 2]])
    np.testing.assert_array_equal(dataset.stored_images(6), images)


def test_other_size_is_the_middle_square(tmp_path):
    images = random_bytes(3, 20, 40, 3)
    images[:, :, :10] = images[:, :, 30:] = 255
    images[:, :, 10:30] = [0, 100, 200]
    dataset = ImageArray(saved(tmp_path, images), image_size=10)
    assert dataset.image_shape == (10, 10, 3)
    expected = np.broadcast_to(np.uint8([0, 100, 200]), (3, 10, 10, 3))
    np.testing.assert_array_equal(dataset.images_at([0, 1, 2]), expected)
    dataset.prepare()
    np.testing.assert_array_equal(dataset.images_at([0, 1, 2]), expected)


def test_grey_of_colour_is_its_brightness(tmp_path):
    images = np.full((2, 8, 8, 3), [200, 100, 50], np.uint8)
    dataset = ImageArray(saved(tmp_path, images), greyscale=True)
    assert dataset.image_shape == (8, 8, 1)
    # ITU-R 601: 0.299 · 200 + 0.587 · 100 + 0.114 · 50 = 124.2
    assert set(dataset.images_at([0, 1]).ravel().tolist()) == {124}


def test_table_beside_it_makes_the_factors(tmp_path):
    path = saved(tmp_path, random_bytes(4, 8, 8))
    path.with_suffix(".csv").write_text("hue,size\nred,1\nred,2\nblue,1\nblue,2\n")
    dataset = ImageArray(path)
    assert dataset.factor_names == ("hue", "size")
    assert dataset.factor_values == {"hue": ("blue", "red"), "size": ("1", "2")}
    np.testing.assert_array_equal(
        dataset.images([[1, 1], [0, 0]]), dataset.images_at([1, 2])
    )
    path.with_suffix(".csv").write_text("hue\nred\n")
    with pytest.raises(ValueError, match="it has 1 row for 4 images"):
        ImageArray(path)


def test_a_size_of_other_proportions_is_fitted(tmp_path):
    images = np.full((3, 10, 20), 200, np.uint8)
    images[:, :, 5:15] = 100
    path = saved(tmp_path, images)

    def first(**options):
        return ImageArray(path, image_size=(8, 24), **options).images_at([0])[
            0, :, :, 0
        ]

    assert first().shape == (8, 24)
    assert (first(fit="pad")[:, :4] == 0).all()
    assert (first(fit="pad", on="white")[:, -4:] == 255).all()
    assert first(fit="stretch")[0, 0] == 200
    square = ImageArray(path, image_size=8).images_at([0])
    assert (square == 100).all()
    with pytest.raises(ValueError, match=r"needs a size to fit .* fit='pad'"):
        ImageArray(path, fit="pad")


def test_each_way_to_fit_has_a_cache_of_its_own(tmp_path):
    """A part of a data set reads from the cache by the name of its whole."""
    path = saved(tmp_path, np.full((9, 10, 20), 200, np.uint8))
    brightness = []
    for options in ({}, {"fit": "pad"}, {"fit": "pad", "on": "white"}, {}):
        dataset = ImageArray(path, image_size=8, **options)
        dataset.prepare()
        brightness.append(int(dataset.images_at([0])[0, 0, 0, 0]))
    assert brightness == [200, 0, 255, 200]


def test_four_channels_stay_four_or_are_laid_on_a_ground(tmp_path):
    images = random_bytes(4, 8, 8, 4)
    path = saved(tmp_path, images)
    dataset = ImageArray(path)
    assert dataset.image_shape == (8, 8, 4)
    np.testing.assert_array_equal(dataset.images_at([2])[0], images[2])
    assert "colour and opacity" in dataset.summary()
    images[..., 3] = 0
    path = saved(tmp_path, images)
    assert (ImageArray(path, channels=3).images_at([0]) == 0).all()
    assert (ImageArray(path, channels=1, on="white").images_at([0]) == 255).all()
    assert ImageArray(path, greyscale=True).image_shape == (8, 8, 1)
    opaque = ImageArray(saved(tmp_path, random_bytes(4, 8, 8)), channels=4)
    assert (opaque.images_at([0])[..., 3] == 255).all()


def test_without_a_table_there_are_no_factors(tmp_path):
    dataset = ImageArray(saved(tmp_path, random_bytes(4, 8, 8)))
    assert not dataset.has_factors
    assert dataset.factor_values == {}


@pytest.mark.parametrize(
    ("array", "problem"),
    [
        (np.zeros((4, 3, 8, 8), np.uint8), "numpy.moveaxis(images, 1, -1)"),
        (np.zeros((4, 1, 8, 8), np.uint8), "numpy.moveaxis(images, 1, -1)"),
        (np.zeros((4, 4, 8, 8), np.uint8), "numpy.moveaxis(images, 1, -1)"),
        (
            np.zeros((4, 8, 8, 2), np.uint8),
            "(4, 8, 8, 2). Of its channels keep one, images[..., :1].",
        ),
        (
            np.zeros((4, 8, 8, 5), np.uint8),
            "(4, 8, 8, 5). Of its channels keep three, images[..., :3].",
        ),
        (np.zeros((8, 8), np.uint8), "its shape is (8, 8)"),
        (np.zeros((0, 8, 8), np.uint8), "its shape is (0, 8, 8)"),
        (np.zeros((4, 8, 8), np.int64), "its type is int64"),
        (np.zeros((4, 8, 8), np.complex64), "its type is complex64"),
        (np.array([[[{}]]]), "objects"),
    ],
)
def test_other_arrays_are_refused(tmp_path, array, problem):
    with pytest.raises(ValueError, match="(?i)" + re.escape(problem)):
        ImageArray(saved(tmp_path, array))


def test_file_that_is_no_array_is_refused(tmp_path):
    path = saved(tmp_path, random_bytes(4, 8, 8))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ValueError, match="array of images must have the shape"):
        ImageArray(path)
    for name in ("a.npz", "b.npy", "c"):
        (tmp_path / name).write_bytes(b"no array")
        with pytest.raises(ValueError, match="array of images must have the shape"):
            ImageArray(tmp_path / name)


def test_npz_without_images_names_its_arrays(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros(3), y=np.zeros(3))
    with pytest.raises(ValueError, match="of its arrays x, y none is called images"):
        ImageArray(tmp_path / "a.npz")


def test_images_that_are_odd_are_told_of_and_no_others(tmp_path, recwarn):
    ImageArray(saved(tmp_path, random_bytes(20, 8, 8)))
    ImageArray(saved(tmp_path, random_bytes(20, 8, 8) % 2))
    assert not recwarn.list
    with pytest.warns(RuntimeWarning, match=r"of the 16 .* is 16 of 255\. If"):
        ImageArray(saved(tmp_path, random_bytes(20, 8, 8) % 17))
    np.savez_compressed(tmp_path / "a.npz", random_bytes(1, 8, 8).repeat(9, 0))
    with pytest.warns(RuntimeWarning, match="the images are all alike"):
        ImageArray(tmp_path / "a.npz")


def test_values_of_the_whole_array_say_what_helps(tmp_path):
    images = random_bytes(9, 8, 8) / 127.5 - 1
    images[0] = -0.1
    with pytest.raises(InvalidValue, match=r"-0\.1 in image 0\. Save \(images \+ 1\)"):
        ImageArray(saved(tmp_path, images)).images_at([0])


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_in_the_order_of_fortran_is_served(tmp_path, save):
    images = random_bytes(9, 10, 8, 3)
    save(tmp_path / "a.npz", np.asfortranarray(images))
    dataset = ImageArray(tmp_path / "a.npz")
    dataset.prepare()
    np.testing.assert_array_equal(dataset.images_at(np.arange(9)), images)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"received .*nowhere\.npy"):
        ImageArray(tmp_path / "nowhere.npy")


@pytest.mark.parametrize("image_size", [0, 7, 513, 64.0, "64"])
def test_impossible_size_is_refused(tmp_path, image_size):
    path = saved(tmp_path, random_bytes(4, 8, 8))
    with pytest.raises(ValueError, match="must be a whole number"):
        ImageArray(path, image_size=image_size)


def test_rounding_beyond_white_is_white_and_more_is_told_exactly(tmp_path):
    images = np.zeros((3, 8, 8), np.float32)
    images[1, 0, 0], images[1, 0, 1] = 1.0000002, -2e-7
    np.save(tmp_path / "a.npy", images)
    dataset = ImageArray(tmp_path / "a.npy")
    assert dataset.images_at([1])[0, 0, :3, 0].tolist() == [255, 0, 0]
    images[2, 0, 0] = 1.000001
    np.save(tmp_path / "a.npy", images)
    with pytest.raises(InvalidValue, match=r"it has the value 1\.00000095 in image 2"):
        ImageArray(tmp_path / "a.npy").prepare()


def test_an_image_that_fills_the_memory_is_refused(tmp_path):
    with open(tmp_path / "a.npy", "wb") as file:
        shape = (2, 100_000, 100_000)
        form = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, form)
        file.truncate(file.tell() + 2 * 10**10)
    with pytest.raises(InvalidValue, match="has 10,000,000,000 bytes, and 268,435,456"):
        ImageArray(tmp_path / "a.npy")
