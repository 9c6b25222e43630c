import re

import keras
import numpy as np
import pytest

from keras_bvae.datasets.images import (
    require_image_shape,
    require_image_size,
    require_images,
    resized,
    sample_images,
    sample_indices,
)


class Counting:
    """A data set whose image number n is filled with n."""

    def __len__(self):
        return 50

    def images_at(self, indices):
        return np.uint8(indices).reshape(-1, 1, 1, 1) * np.ones((1, 4, 4, 1), np.uint8)


@pytest.mark.parametrize(
    "images",
    [
        np.full((2, 4, 4, 1), 255, np.uint8),
        np.ones((2, 4, 4, 1), np.float32),
        np.zeros((2, 4, 4, 1), np.float64),
        np.zeros((0, 4, 4, 1), np.float16),
    ],
)
def test_good_images_pass(images):
    assert require_images(images) is None
    assert require_images(images, image_shape=(4, 4, 1)) is None


@pytest.mark.parametrize("shape", [(4, 4, 1), (2, 4, 4), (16,)])
def test_wrong_rank_is_named(shape):
    with pytest.raises(ValueError, match=re.escape(f"received shape={shape}")):
        require_images(np.zeros(shape))


def test_wrong_size_is_named():
    with pytest.raises(ValueError, match=re.escape("received image_shape=(32, 32, 1)")):
        require_images(np.zeros((5, 32, 32, 1)), image_shape=(64, 64, 1))


@pytest.mark.parametrize("dtype", [bool, np.int64, np.complex64, object])
def test_other_types_are_named(dtype):
    with pytest.raises(ValueError, match=f"received dtype={np.dtype(dtype)}"):
        require_images(np.zeros((1, 4, 4, 1), dtype))


def test_values_that_are_not_finite_are_counted():
    images = np.zeros((1, 4, 4, 1))
    images[0, 0, :3] = np.nan
    images[0, 1, 0] = np.inf
    with pytest.raises(ValueError, match="3 NaN and 1 infinite values among 16"):
        require_images(images)


@pytest.mark.parametrize(("low", "high"), [(0.0, 255.0), (-1.0, 1.0), (0.0, 1.001)])
def test_values_outside_the_unit_interval_are_shown(low, high):
    images = np.linspace(low, high, 16).reshape(1, 4, 4, 1)
    with pytest.raises(ValueError, match=f"received values from {low:g} to {high:g}"):
        require_images(images)


def test_a_value_is_never_shown_as_the_bound_that_it_breaks():
    images = np.full((1, 4, 4, 1), 1.000001, np.float32)
    with pytest.raises(ValueError, match=r"values from 1.00000\d+ to 1.00000\d+. Clip"):
        require_images(images)
    require_images(np.full((1, 4, 4, 1), 1 + 2**-23, np.float32))  # rounding


def test_images_from_minus_1_to_1_are_told_the_way():
    with pytest.raises(ValueError, match=r"Use \(images \+ 1\) / 2"):
        require_images(np.linspace(-1, 1, 16).reshape(1, 4, 4, 1))


@pytest.mark.parametrize("dtype", ["uint8", "float16", "bfloat16", "float32"])
def test_tensors_are_looked_at_where_they_lie(dtype):
    images = keras.ops.cast(np.ones((1, 4, 4, 1), "float32"), dtype)
    require_images(images, (4, 4, 1))
    with pytest.raises(ValueError, match="received dtype=int32"):
        require_images(keras.ops.cast(images, "int32"))
    if dtype != "uint8":
        with pytest.raises(ValueError, match="received values from 3 to 3"):
            require_images(3 * images)
        with pytest.raises(ValueError, match="16 NaN and 0 infinite"):
            require_images(images * float("nan"))


def test_a_shape_may_be_known_in_part():
    require_image_shape(None, (4, 4, 1))
    require_image_shape((None, None, 4, 1), (4, 4, 1))
    with pytest.raises(ValueError, match=r"image_shape=\(None, 4, 3\)"):
        require_image_shape((None, None, 4, 3), (4, 4, 1))


def test_images_of_the_right_size_are_left_alone():
    images = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), np.uint8)
    np.testing.assert_array_equal(resized(images, 8), images)


@pytest.mark.parametrize("channels", [1, 3])
def test_fine_stripes_become_their_mean_and_not_one_of_them(channels):
    images = np.zeros((1, 64, 64, channels), np.uint8)
    images[:, :, ::2] = 200
    small = resized(images, 32)
    assert small.shape == (1, 32, 32, channels)
    # Half of the pixels are 200: taking every second one would give 0 or 200. The
    # columns at the border see less of the pattern.
    np.testing.assert_allclose(small[:, :, 4:-4].astype(float), 100, atol=3)


def test_each_image_and_channel_is_scaled_by_itself():
    colours = np.uint8([[10, 20, 30], [40, 50, 60]])
    images = np.broadcast_to(colours[:, None, None], (2, 12, 12, 3))
    expected = np.broadcast_to(colours[:, None, None], (2, 8, 8, 3))
    np.testing.assert_array_equal(resized(images, 8), expected)


@pytest.mark.parametrize("image_size", [7, 513, 64.0, "64", None])
def test_sizes_out_of_range_are_refused(image_size):
    with pytest.raises(ValueError, match=r"of cars3d must be .* from 8 to 512; rec"):
        require_image_size("cars3d", image_size)


def test_sizes_in_range_pass():
    require_image_size("cars3d", 8)
    require_image_size("cars3d", np.int64(512))


def test_indices_are_different_rising_and_repeatable():
    indices = sample_indices(Counting(), 20, seed=3)
    assert len(indices) == 20
    assert np.all(np.diff(indices) > 0)
    assert indices.min() >= 0
    assert indices.max() < 50
    np.testing.assert_array_equal(indices, sample_indices(Counting(), 20, seed=3))
    assert not np.array_equal(indices, sample_indices(Counting(), 20, seed=4))


def test_a_small_data_set_gives_all_it_has():
    np.testing.assert_array_equal(sample_indices(Counting(), 1000), np.arange(50))


def test_images_are_those_at_the_indices():
    images = sample_images(Counting(), 6, seed=1)
    np.testing.assert_array_equal(images[:, 0, 0, 0], sample_indices(Counting(), 6, 1))


def test_a_sample_needs_an_image():
    with pytest.raises(ValueError, match=">= 1; received count=0"):
        sample_indices(Counting(), 0)
