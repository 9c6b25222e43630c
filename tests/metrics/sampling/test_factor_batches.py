import numpy as np
import pytest
from factor_pixels import FactorPixels

from keras_bvae.datasets.factor_grid import FactorGrid
from keras_bvae.metrics.sampling.factor_batches import (
    draw_batches_from_pool,
    draw_factor_batches,
    draw_images_and_batches,
)

pytestmark = pytest.mark.filterwarnings("error")

SIZES = (3, 6, 40, 32, 32)
GRID = FactorGrid("abcde", SIZES)
COLUMNS = [1, 4, 2]


def rng(seed=0):
    return np.random.default_rng(seed)


def drawn(image_pool):
    """Factor rows `(batches, images, factors)` and labels, drawn in either way."""
    if image_pool is None:
        return draw_factor_batches(rng(), GRID.sample, COLUMNS, 3000, 20)
    pool = GRID.sample(rng(1), image_pool)
    rows, labels = draw_batches_from_pool(rng(), pool, COLUMNS, 3000, 20)
    return pool[rows], labels


@pytest.mark.parametrize("image_pool", [None, 10_000])
def test_a_batch_shares_one_factor_and_is_free_in_the_others(image_pool):
    factors, labels = drawn(image_pool)
    equal = factors[:, ::2] == factors[:, 1::2]
    share = np.stack([equal[labels == i].mean((0, 1)) for i in range(3)])
    # 1 where shared, else 1/size: two uniform draws agree so often.
    expected = np.tile(1 / np.array(SIZES), (3, 1))
    expected[np.arange(3), COLUMNS] = 1.0
    # 10,000 pairs: shape's 1/3 has a standard error of 0.0047.
    np.testing.assert_allclose(share, expected, atol=0.02)
    shared = factors[np.arange(3000), :, np.array(COLUMNS)[labels]]
    assert (shared == shared[:, :1]).all()


@pytest.mark.parametrize("image_pool", [None, 10_000])
def test_factors_and_their_values_are_equally_likely(image_pool):
    factors, labels = drawn(image_pool)
    # Standard deviation of a count: sqrt(3000 · 1/3 · 2/3) = 26.
    assert np.abs(np.bincount(labels) - 1000).max() < 4 * 26
    values = np.bincount(factors[labels == 0, 0, 1], minlength=6)
    # The same with 1,000 · 1/6 · 5/6; a pool's own counts differ by 37 of 1,667.
    assert np.abs(values - len(factors[labels == 0]) / 6).max() < 4 * 12 + 15


def test_a_row_alone_with_its_value_is_in_no_batch():
    pool = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]])
    rows, labels = draw_batches_from_pool(rng(), pool, [0, 1], 200, 5)
    assert set(rows[labels == 1].ravel()) == {0, 1, 2, 3}
    assert set(rows[labels == 0].ravel()) == {0, 1, 2, 3, 4}
    # Rows that share a value are equally likely: those of class 1, (2, 3, 4).
    ones = rows[(labels == 0) & (rows[:, 0] > 1)]
    assert np.abs(np.bincount(ones.ravel())[2:] / ones.size - 1 / 3).max() < 0.08


def test_a_pool_without_partners_is_refused():
    pool = np.array([[0, 1], [0, 2], [0, 3]])
    with pytest.raises(ValueError, match="received 3 images, all different in one"):
        draw_batches_from_pool(rng(), pool, [0, 1], 20, 2)


@pytest.mark.parametrize("image_pool", [None, 500])
def test_images_are_those_of_the_batches(image_pool):
    dataset = FactorPixels(("a", "b"), (7, 9))
    singles, batches, labels = draw_images_and_batches(
        rng(), dataset, [1, 0], 1000, 50, 8, image_pool
    )
    assert (singles.shape, batches.shape, labels.shape) == ((1000,), (50, 8), (50,))
    # A pool of 500 lacks 63 · exp(-500 / 63) = 0.02 of 63 images on average.
    assert np.unique(singles).size > 60
    factors = dataset.factors_at(batches.ravel()).reshape(50, 8, 2)
    shared = factors[np.arange(50), :, 1 - labels]
    assert (shared == shared[:, :1]).all()


def test_a_pool_bounds_the_number_of_images():
    singles, batches, _ = draw_images_and_batches(
        rng(), FactorPixels(), [1, 2], 5000, 100, 64, 300
    )
    assert 290 < np.unique(np.concatenate([singles, batches.ravel()])).size <= 300
