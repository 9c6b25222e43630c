import numpy as np
import pytest
from numbered_images import NumberedImages

from keras_bvae.representations import pixel_sample as module
from keras_bvae.representations.pixel_sample import pixel_sample


def numbers(rows):
    """The number of each image, which is the value of all its pixels."""
    assert (rows == rows[:, :1]).all()
    return np.rint(255 * rows[:, 0]).astype(int).tolist()


def test_a_small_data_set_is_taken_whole():
    rows = pixel_sample(NumberedImages(7))
    assert numbers(rows) == list(range(7))
    assert rows.shape == (7, 4)
    assert rows.dtype == np.float32


@pytest.mark.parametrize("limit", ["images", "bytes"])
def test_a_large_one_is_sampled_without_repetition(monkeypatch, limit):
    if limit == "images":
        monkeypatch.setattr(module, "SAMPLE_SIZE", 50)
    else:  # an image takes 16
        monkeypatch.setattr(module, "MAX_SAMPLE_BYTES", 50 * 16 + 15)
    first, again, other = (
        numbers(pixel_sample(NumberedImages(200), seed)) for seed in (0, 0, 1)
    )
    assert len(set(first)) == len(first) == 50
    assert first == again
    assert first != other


def test_progress_ends_at_the_whole_sample(monkeypatch):
    monkeypatch.setattr(module, "_IMAGES_AT_ONCE", 30)
    seen = []
    pixel_sample(NumberedImages(70), progress=lambda *pair: seen.append(pair))
    assert seen == [(30, 70), (60, 70), (70, 70)]
