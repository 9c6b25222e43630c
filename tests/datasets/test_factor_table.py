import numpy as np
import pytest

from keras_bvae.datasets.factor_grid import FactorGrid
from keras_bvae.datasets.factor_table import FactorTable, factors_from_rows

NAMES = ("shape", "x")
GAPS = FactorTable(NAMES, [[2, 0], [0, 1], [2, 3], [0, 1]])


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
