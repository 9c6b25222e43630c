import numpy as np
import pytest
from factor_pixels import FactorPixels

from keras_bvae.datasets.factors import FactorGrid
from keras_bvae.metrics.sampling.shared_factor import (
    draw_batches_from_pool,
    draw_factor_batches,
    draw_factor_pairs,
    draw_image_pairs,
    draw_images_and_batches,
    draw_pairs_from_pool,
    rows_by_value,
)

pytestmark = pytest.mark.filterwarnings("error")

SIZES = (3, 6, 40, 32, 32)
GRID = FactorGrid("abcde", SIZES)
COLUMNS = [1, 4, 2]
# Of pairs: 20,000 for each shared column; shape's 1/3 has a standard error of 0.0033.
TOLERANCE = 0.015


def rng(seed=0):
    return np.random.default_rng(seed)


# ---- pairs -----------------------------------------------------------------------


def equal_share(factors, labels, columns):
    """For each column that is shared: how often each column is equal in a pair."""
    equal = factors[:, 0] == factors[:, 1]
    return np.stack([equal[labels == i].mean((0, 1)) for i in range(len(columns))])


def expected_share(columns):
    """1 where shared, else 1/size: two uniform draws agree so often."""
    share = np.tile(1 / np.array(SIZES), (len(columns), 1))
    share[np.arange(len(columns)), columns] = 1.0
    return share


def test_pairs_share_one_factor_and_are_free_in_the_others():
    drawn = draw_factor_pairs(rng(), GRID.sample, COLUMNS, points=3000, pairs=20)
    share = equal_share(*drawn, COLUMNS)
    np.testing.assert_allclose(share, expected_share(COLUMNS), atol=TOLERANCE)
    np.testing.assert_array_equal(share[[0, 1, 2], COLUMNS], 1.0)


def test_the_shared_value_is_drawn_for_each_pair():
    factors, labels = draw_factor_pairs(rng(), GRID.sample, [2], points=1, pairs=400)
    assert labels.tolist() == [0]
    assert np.unique(factors[0, 0, :, 2]).size == 40


def test_factors_of_pairs_are_equally_likely():
    _, labels = draw_factor_pairs(rng(), GRID.sample, COLUMNS, points=3000, pairs=1)
    # Standard deviation of a count: sqrt(3000 · 1/3 · 2/3) = 26.
    assert np.abs(np.bincount(labels) - 1000).max() < 4 * 26


def test_a_pool_gives_pairs_of_the_same_distribution():
    pool = GRID.sample(rng(1), 6000)
    rows, labels = draw_pairs_from_pool(rng(), pool, COLUMNS, 3000, 20)
    share = equal_share(pool[rows], labels, COLUMNS)
    np.testing.assert_allclose(share, expected_share(COLUMNS), atol=TOLERANCE)
    np.testing.assert_array_equal(share[[0, 1, 2], COLUMNS], 1.0)


def test_a_pool_never_pairs_a_row_with_itself():
    pool = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]])
    rows, labels = draw_pairs_from_pool(rng(), pool, [0, 1], 200, 5)
    first, second = rows[:, 0], rows[:, 1]
    assert (first != second).all()
    columns = np.broadcast_to(labels[:, None], first.shape)
    np.testing.assert_array_equal(pool[first, columns], pool[second, columns])
    # Row 4 alone has its value of the second factor, so there it has no partner; with
    # its equals of the first factor each row is paired equally often.
    assert set(first[labels == 1].ravel()) == {0, 1, 2, 3}
    partners = second[(labels == 0)[:, None] & (first == 2)]
    assert np.unique(partners).tolist() == [3, 4]


@pytest.mark.parametrize("image_pool", [None, 500])
def test_images_are_those_of_the_pairs(image_pool):
    dataset = FactorPixels(("a", "b"), (7, 9))
    indices, labels = draw_image_pairs(rng(), dataset, [0, 1], 50, 8, image_pool)
    assert indices.shape == (50, 2, 8)
    factors = dataset.factors_at(indices.ravel()).reshape(50, 2, 8, 2)
    point = np.arange(50)
    np.testing.assert_array_equal(
        factors[point, 0, :, labels], factors[point, 1, :, labels]
    )


def test_a_pool_bounds_the_number_of_images_of_pairs():
    indices, _ = draw_image_pairs(rng(), FactorPixels(), [1, 2], 100, 64, 300)
    assert 290 < np.unique(indices).size <= 300


# ---- batches ---------------------------------------------------------------------


def drawn_batches(image_pool):
    """Factor rows `(batches, images, factors)` and labels, drawn in either way."""
    if image_pool is None:
        return draw_factor_batches(rng(), GRID.sample, COLUMNS, 3000, 20)
    pool = GRID.sample(rng(1), image_pool)
    rows, labels = draw_batches_from_pool(rng(), pool, COLUMNS, 3000, 20)
    return pool[rows], labels


@pytest.mark.parametrize("image_pool", [None, 10_000])
def test_a_batch_shares_one_factor_and_is_free_in_the_others(image_pool):
    factors, labels = drawn_batches(image_pool)
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
def test_factors_of_batches_and_their_values_are_equally_likely(image_pool):
    factors, labels = drawn_batches(image_pool)
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


def test_a_pool_bounds_the_number_of_images_of_batches():
    singles, batches, _ = draw_images_and_batches(
        rng(), FactorPixels(), [1, 2], 5000, 100, 64, 300
    )
    assert 290 < np.unique(np.concatenate([singles, batches.ravel()])).size <= 300


# ---- what a pool must hold -------------------------------------------------------


def test_rows_with_equal_values_stand_together():
    values = np.array([7, 2, 7, 5, 2, 7])
    rows = rows_by_value(values)
    groups = [
        sorted(rows.order[start : start + count].tolist())
        for start, count in zip(rows.start, rows.count, strict=True)
    ]
    assert groups == [[1, 4], [3], [0, 2, 5]]
    assert rows.group.tolist() == [2, 0, 2, 1, 0, 2]
    assert rows.has_partner.tolist() == [0, 1, 2, 4, 5]


def test_a_pool_without_a_shared_value_is_named():
    with pytest.raises(ValueError, match="received 3 images, all different"):
        rows_by_value(np.array([1, 2, 3]))


@pytest.mark.parametrize("draw", [draw_pairs_from_pool, draw_batches_from_pool])
def test_a_pool_without_partners_is_refused(draw):
    pool = np.array([[0, 1], [0, 2], [0, 3]])
    with pytest.raises(ValueError, match="received 3 images, all different in one"):
        draw(rng(), pool, [0, 1], 20, 2)
