import re

import numpy as np
import pytest

from keras_bvae.datasets.image_checks import require_images


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
