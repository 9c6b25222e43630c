import numpy as np
import pytest

from keras_bvae.datasets.own.array_values import advice_on_range, oddity_of, range_of

BYTES = np.random.default_rng(0).integers(0, 256, (4, 8, 8), dtype=np.uint8)


def test_range_is_that_of_all_pieces():
    assert range_of([BYTES[:2], BYTES[2:]]) == (BYTES.min(), BYTES.max())
    assert np.isnan(range_of([np.zeros(3), np.array([np.nan, 1])])).all()


@pytest.mark.parametrize(
    ("low", "high", "is_whole", "advice"),
    [
        (0, 255, True, "images.astype('uint8')"),
        (0, 1, True, "images.astype('uint8')"),
        (3, 3900, True, "images / 4095"),
        (0, 70_000, True, "images / 70000"),
        (-1024, 3071, True, "(images - images.min())"),
        (-0.9, 0.98, False, "(images + 1) / 2"),
        (-0.05, 1.1, False, "images.clip(0, 1)"),
        (0, 255, False, "images / 255"),
        (-2.1, 2.6, False, "(images - images.min())"),
        (np.nan, np.nan, False, "NaN"),
        (0, np.inf, False, "infinity"),
    ],
)
def test_advice_brings_the_values_into_range(low, high, is_whole, advice):
    assert advice in advice_on_range(low, high, is_whole)


@pytest.mark.parametrize(
    ("images", "white", "oddity"),
    [
        (BYTES, 255, ""),
        (BYTES % 2, 255, ""),
        (BYTES / 255, 1, ""),
        (BYTES[:1], 255, ""),
        (BYTES > 100, 1, ""),
        (BYTES / 127.5 - 1, 1, ""),
        (BYTES * 0, 255, "is 0 of 255"),
        (BYTES % 17, 255, "is 16 of 255. If it is meant to be white, save images / 16"),
        (BYTES / 2550, 1, "is 0.1 of 1. If it is meant to be white"),
        (BYTES * 0 + 255, 255, "white and nothing else"),
        (BYTES < 0, 1, "is 0 of 1"),
        (BYTES[[1, 1, 1]], 255, "all alike"),
    ],
)
def test_what_is_strange_is_told(images, white, oddity):
    found = oddity_of(images, white)
    assert oddity in found
    assert bool(found) == bool(oddity)
