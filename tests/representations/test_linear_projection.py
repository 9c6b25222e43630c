import numpy as np
import pytest

from keras_bvae.representations.linear_projection import LinearProjection

SUM_AND_DIFFERENCE = LinearProjection(
    image_shape=(1, 2, 1),
    weights=np.float32([[1, 1], [1, -1]]),
    offset=np.float32([10, 20]),
)


def test_codes_are_weighted_sums_of_pixels():
    images = np.uint8([[255, 0], [255, 255]]).reshape(2, 1, 2, 1)
    codes = SUM_AND_DIFFERENCE(images)
    np.testing.assert_array_equal(codes, [[11, 21], [12, 20]])
    assert codes.dtype == np.float32


def test_images_must_have_the_size_it_was_fitted_on():
    received = r"image_shape=\(1, 2, 1\); received image_shape=\(2, 1, 1\)"
    with pytest.raises(ValueError, match=received):
        SUM_AND_DIFFERENCE(np.zeros((3, 2, 1, 1), np.uint8))
