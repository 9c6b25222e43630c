import numpy as np

from keras_bvae.datasets.changes.shared_factor_table import SharedFactorTable

# 40 combinations, each held by three rows.
FACTORS = np.stack(np.divmod(np.repeat(np.arange(40), 3), 8), axis=1)
TABLE = SharedFactorTable(("a", "b"), FACTORS, (5, 8))


def test_a_combination_gives_a_row_that_holds_it():
    wanted = FACTORS[::3]
    rows = TABLE.indices_of(wanted)
    np.testing.assert_array_equal(TABLE.at(rows), wanted)
    np.testing.assert_array_equal(TABLE.indices_of(wanted[::-1]), rows[::-1])


def test_each_of_the_rows_is_picked_for_some_combination():
    which = TABLE.indices_of(FACTORS[::3]) % 3
    counts = np.bincount(which, minlength=3)
    # 40 picks among three: 13.3 each, give or take three deviations of 3.
    assert counts.min() >= 5


def test_rows_may_come_in_any_order():
    order = np.random.default_rng(0).permutation(120)
    shuffled = SharedFactorTable(("a", "b"), FACTORS[order], (5, 8))
    found = shuffled.indices_of(FACTORS[::3])
    np.testing.assert_array_equal(FACTORS[order][found], FACTORS[::3])


def test_sizes_are_the_given_ones():
    table = SharedFactorTable(("a", "b"), [[0, 1]], (2, 3))
    assert table.sizes == (2, 3)
    assert not table.is_complete
    assert TABLE.is_complete


def test_a_single_row_is_found():
    table = SharedFactorTable(("a", "b"), [[1, 1], [0, 2]], (2, 3))
    assert table.indices_of([[0, 2], [1, 1]]).tolist() == [1, 0]
