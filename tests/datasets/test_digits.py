import tracemalloc

import numpy as np
import pytest
from sklearn.datasets import load_digits

from keras_bvae.datasets.digits import Digits


def test_at_their_own_size_digits_are_the_scans():
    dataset = Digits(image_size=8)
    scans = load_digits().images
    images = dataset.images_at(np.arange(len(dataset)))
    # 16 levels of ink spread over 0 … 255.
    np.testing.assert_array_equal(images[..., 0], np.rint(scans * 255 / 16))
    assert images.dtype == np.uint8
    assert len(dataset) == 1797


def test_enlarged_digits_keep_their_ink():
    small = Digits(8).images_at(np.arange(50)).astype(float)
    large = Digits(64).images_at(np.arange(50)).astype(float)
    assert large.shape == (50, 64, 64, 1)
    # Bilinear enlarging only redistributes; at the border it repeats the last pixel.
    np.testing.assert_allclose(large.mean((1, 2, 3)), small.mean((1, 2, 3)), rtol=0.02)


def test_digits_have_no_factors():
    dataset = Digits()
    assert dataset.image_shape == (64, 64, 1)
    with pytest.raises(ValueError, match="digits, which has no factors"):
        dataset.require_factors()


@pytest.mark.parametrize("image_size", [7, 513, "64", 64.0, None])
def test_impossible_size_is_refused(image_size):
    with pytest.raises(ValueError, match="`image_size` of digits must be a whole"):
        Digits(image_size)


def test_large_digits_are_made_when_they_are_asked_for():
    tracemalloc.start()
    dataset = Digits(512)
    dataset.prepare()
    images = dataset.images_at([7, 0, 7])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # All of them would be 471 MB.
    assert dataset.stored_images(10**6) is None
    assert peak < 16 * 2**20
    np.testing.assert_array_equal(images[0], images[2])
    # Those that are kept are made in the same way.
    kept, made = Digits(64), Digits(64)
    made._fits = lambda: False
    np.testing.assert_array_equal(made.images_at([5, 9]), kept.images_at([5, 9]))
