import numpy as np
import pytest

from keras_bvae.representations.pixels import pixels


def test_an_image_becomes_one_row_in_reading_order():
    images = np.arange(24, dtype=np.uint8).reshape(2, 2, 3, 2)
    rows = pixels(images)
    np.testing.assert_array_equal(rows, np.float32(images.reshape(2, 12)) / 255)
    assert rows.dtype == np.float32


def test_floats_stay_as_they_are():
    images = np.float64([0.0, 0.25, 1.0, 0.5]).reshape(1, 2, 2, 1)
    np.testing.assert_array_equal(pixels(images), np.float32([[0, 0.25, 1, 0.5]]))


def test_a_single_image_is_no_batch():
    with pytest.raises(ValueError, match=r"received shape=\(2, 2, 1\)"):
        pixels(np.zeros((2, 2, 1), np.uint8))
