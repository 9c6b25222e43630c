import collections
import itertools

import numpy as np
import pytest

from keras_bvae.latents.factor_responses import balanced_indices, factor_response

SIZES = (2, 3, 4)
GRID = np.array(list(itertools.product(*map(range, SIZES))))


def test_means_and_spreads_are_those_of_a_loop():
    rng = np.random.default_rng(0)
    factors = rng.integers(0, SIZES, (200, 3))
    codes = rng.normal(size=(200, 2)).astype("float32")
    found = factor_response(codes, factors, (2, 0), SIZES)
    assert found.mean.shape == found.spread.shape == (4, 2, 2)
    for last, first in itertools.product(range(4), range(2)):
        rows = [
            codes[i].astype("float64")
            for i in range(200)
            if factors[i, 2] == last and factors[i, 0] == first
        ]
        assert found.count[last, first] == len(rows)
        np.testing.assert_allclose(found.mean[last, first], np.mean(rows, axis=0))
        np.testing.assert_allclose(found.spread[last, first], np.std(rows, axis=0))


def test_a_combination_without_images_has_no_mean():
    found = factor_response([[1.0], [3.0]], np.array([[0], [0]]), (0,), (2,))
    np.testing.assert_array_equal(found.mean[:, 0], [2.0, np.nan])
    np.testing.assert_array_equal(found.spread[:, 0], [1.0, np.nan])


def test_codes_of_other_images_are_refused():
    with pytest.raises(ValueError, match=r"received shapes \(3, 1\) and \(2, 1\)"):
        factor_response(np.zeros((3, 1)), np.zeros((2, 1), int), (0,), (2,))


def test_each_cell_gets_as_many_images_with_the_same_other_factors():
    chosen = balanced_indices(GRID, (1,), per_cell=3, seed=5)
    others = collections.defaultdict(set)
    for first, middle, last in GRID[chosen]:
        others[middle].add((first, last))
    assert len(chosen) == 9
    assert [len(group) for group in others.values()] == [3, 3, 3]
    assert others[0] == others[1] == others[2]
    assert (np.diff(chosen) > 0).all()


def test_a_cell_with_fewer_images_gives_all_it_has():
    factors = GRID[[0, 1, 2, 12]]  # three images of class 0, one of class 1
    np.testing.assert_array_equal(balanced_indices(factors, (0,), 2)[-1:], [3])
    assert len(balanced_indices(factors, (0,), 2)) == 3
    assert len(balanced_indices(factors, (0,), 9)) == 4


def test_the_seed_chooses_the_others():
    picks = [tuple(balanced_indices(GRID, (0,), 2, seed)) for seed in (1, 1, 2)]
    assert picks[0] == picks[1] != picks[2]


def test_cells_of_all_factors_hold_an_image_each():
    assert len(balanced_indices(GRID, (0, 1, 2), 5)) == len(GRID)


def test_more_combinations_than_numbers_are_told_apart():
    # 2^70 combinations of 70 attributes: no number has room for them.
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 2, (40, 70))
    factors[0] = 1
    chosen = balanced_indices(factors, (0,), 5)
    assert np.bincount(factors[chosen, 0]).tolist() == [5, 5]


@pytest.mark.parametrize(("per_cell", "seed"), [(0, 0), (2.5, 0), (5, -1)])
def test_cells_need_images_and_a_seed(per_cell, seed):
    with pytest.raises(
        ValueError,
        match=r"must be a whole number (>= 1|from 0 to 4,294,967,295); received",
    ):
        balanced_indices(GRID, (0,), per_cell, seed)
