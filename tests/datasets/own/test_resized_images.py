import numpy as np
import pytest

from keras_bvae.datasets.own.resized_images import require_image_size, resized


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
