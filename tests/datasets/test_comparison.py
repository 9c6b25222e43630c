import numpy as np
import pytest
from numbered_images import NumberedImages
from official_dsprites_files import random_images, small_classes, write_npz

from keras_bvae.datasets.comparison import compare
from keras_bvae.datasets.official.dsprites_files import DSpritesFile


@pytest.fixture
def file_with(tmp_path):
    """Makes a data set of images in a file, rows in the order given."""

    def make(name, images, rows):
        path = tmp_path / f"{name}.npz"
        return DSpritesFile(write_npz(path, images[rows], small_classes()[rows]))

    return make


def test_differences_are_counted_by_hand(file_with):
    images = random_images(48)
    altered = images.copy()
    altered[5, 0, :3] ^= 1
    altered[40, 10:12, :20] ^= 1
    everything = np.arange(48)
    calls = []
    result = compare(
        file_with("altered", altered, everything),
        file_with("original", images, everything),
        progress=lambda done, total: calls.append((done, total)),
    )
    assert result.images == 48
    assert result.images_that_differ == 2
    assert result.pixels_that_differ == 3 + 40
    assert result.first_index == 5
    assert result.worst_index == 40
    assert result.worst_pixels == 40
    assert calls[-1] == (48, 48)


def test_equal_images_in_another_order_do_not_differ(file_with):
    images = random_images(48)
    shuffled = np.random.default_rng(0).permutation(48)[:30]
    result = compare(
        file_with("part", images, shuffled), file_with("all", images, np.arange(48))
    )
    assert result.images == 30
    assert result.images_that_differ == result.pixels_that_differ == 0
    assert result.first_index is result.worst_index is None
    assert result.worst_pixels == 0


def test_data_sets_with_nothing_in_common_are_refused(file_with):
    small = file_with("all", random_images(48), np.arange(48))
    with pytest.raises(ValueError, match="compare needs the factors"):
        compare(NumberedImages(3), small)
    other = file_with("other", random_images(48), np.arange(48))
    other.image_shape = (32, 32, 1)
    with pytest.raises(ValueError, match="must have the same factors and image size"):
        compare(small, other)
