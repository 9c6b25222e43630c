import numpy as np
import pytest

from keras_bvae.datasets.image_sample import sample_images, sample_indices


class Counting:
    """A data set whose image number n is filled with n."""

    def __len__(self):
        return 50

    def images_at(self, indices):
        return np.uint8(indices).reshape(-1, 1, 1, 1) * np.ones((1, 4, 4, 1), np.uint8)


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
    with pytest.raises(ValueError, match="at least 1; received count=0"):
        sample_indices(Counting(), 0)
