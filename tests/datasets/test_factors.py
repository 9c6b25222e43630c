import re

import numpy as np
import pytest

from keras_bvae.datasets.factors import FactorGrid, FactorTable, factors_from_rows

GRID = FactorGrid(("shape", "scale", "x"), (3, 2, 4))
NAMES = ("shape", "x")
GAPS = FactorTable(NAMES, [[2, 0], [0, 1], [2, 3], [0, 1]])


def test_last_factor_runs_fastest():
    # By hand: (2·2 + 1)·4 + 3 = 23, the last of 24.
    assert GRID.indices_of([[0, 0, 1], [0, 1, 0], [1, 0, 0], [2, 1, 3]]).tolist() == [
        1,
        4,
        8,
        23,
    ]
    assert len(GRID) == 24


def test_index_to_factors_and_back_is_the_identity():
    everything = np.arange(24)
    factors = GRID.at(everything)
    assert factors.shape == (24, 3)
    assert len({tuple(row) for row in factors}) == 24
    np.testing.assert_array_equal(GRID.indices_of(factors), everything)


def test_sample_is_uniform_over_each_factor():
    factors = GRID.sample(np.random.default_rng(0), 24_000)
    assert factors.dtype == np.int64
    counts = np.bincount(GRID.indices_of(factors), minlength=24)
    # 1000 expected of each combination; five standard deviations are 155.
    assert np.abs(counts - 1000).max() < 155


def test_sample_repeats_with_its_seed():
    first, again = (GRID.sample(np.random.default_rng(3), 9) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_none_asked_for_gives_none():
    assert GRID.at([]).shape == (0, 3)
    assert GRID.indices_of(np.zeros((0, 3), int)).shape == (0,)


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ([[0, 0, 4]], "`x` must be a class between 0 and 3; received 4 in row 0"),
        ([[0, 0, 0], [0, -1, 0]], "`scale` must be a class between 0 and 1; received"),
        ([[0, 0]], "received shape=(1, 2)"),
        ([0, 0, 0], "received shape=(3,)"),
        ([[0.0, 0.0, 1.5]], "received dtype=float64"),
    ],
)
def test_factors_that_do_not_exist_are_refused(factors, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        GRID.indices_of(factors)


@pytest.mark.parametrize(
    ("indices", "message"),
    [
        ([24], "must lie between 0 and 23; received 24"),
        ([-1], "must lie between 0 and 23; received -1"),
        (3, "must be a flat array of integers; received shape=()"),
        ([0.5], "dtype=float64"),
    ],
)
def test_indices_that_do_not_exist_are_refused(indices, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        GRID.at(indices)


def test_rows_are_found_by_their_factors_whatever_their_order():
    assert GAPS.indices_of([[2, 3], [2, 0]]).tolist() == [2, 0]
    assert GAPS.at([2, 0]).tolist() == [[2, 3], [2, 0]]
    assert GAPS.sizes == (3, 4)
    assert len(GAPS) == 4


def test_a_combination_held_twice_is_its_first_row():
    assert GAPS.indices_of([[0, 1]]).tolist() == [1]


def test_a_combination_that_no_row_holds_is_refused_by_name():
    with pytest.raises(
        ValueError, match=r"received {'shape': 1, 'x': 2}\. It holds 3 of 12"
    ):
        GAPS.indices_of([[0, 1], [1, 2]])


def test_sample_draws_only_combinations_that_occur():
    factors = GAPS.sample(np.random.default_rng(0), 1000)
    assert {tuple(row) for row in factors.tolist()} == {(2, 0), (0, 1), (2, 3)}


def test_a_grid_too_large_to_count_is_refused():
    with pytest.raises(ValueError, match="must span a grid that 64 bits can count"):
        FactorTable(("a", "b", "c"), [[2**30, 2**30, 2**30]])


def test_complete_rows_in_order_are_a_grid():
    rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    assert isinstance(factors_from_rows(NAMES, rows), FactorGrid)
    shuffled = factors_from_rows(NAMES, rows[::-1])
    assert isinstance(shuffled, FactorTable)
    assert shuffled.indices_of([[0, 0]]).tolist() == [3]
    part = factors_from_rows(NAMES, rows[[0, 0, 3, 3]])
    assert isinstance(part, FactorTable)
    assert (shuffled.is_complete, part.is_complete) == (True, False)
