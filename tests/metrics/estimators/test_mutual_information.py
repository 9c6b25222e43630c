import itertools
import re

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from keras_bvae.metrics.estimators.mutual_information import (
    discretise,
    entropy,
    expected_mutual_information,
    mutual_information,
)

pytestmark = pytest.mark.filterwarnings("error")


def test_bins_are_closed_on_the_left_and_the_maximum_is_in_the_last():
    # By hand: edges 0, 1, 2, 3, 4.
    values = np.array([[0.0, 0.99, 1.0, 2.5, 3.0, 4.0]]).T
    np.testing.assert_array_equal(discretise(values, 4).ravel(), [0, 0, 1, 2, 3, 3])


def test_the_edges_are_those_of_numpy():
    values = np.random.default_rng(0).normal(size=(500, 3))
    binned = discretise(values)
    for column, bins in zip(values.T, binned.T, strict=True):
        counts, edges = np.histogram(column, 20)
        np.testing.assert_array_equal(bins, np.digitize(column, edges[:-1]) - 1)
        np.testing.assert_array_equal(np.bincount(bins, minlength=20), counts)


def test_each_column_has_a_range_of_its_own():
    column = np.random.default_rng(0).normal(size=200)
    binned = discretise(np.stack([column, 8 * column - 64], axis=1), 7)
    np.testing.assert_array_equal(binned[:, 0], binned[:, 1])
    assert set(binned[:, 0]) == set(range(7))


def test_a_constant_column_falls_into_one_bin():
    assert np.unique(discretise(np.full((50, 1), 0.1))).size == 1


def test_a_range_of_one_floating_point_step_is_no_error():
    values = np.array([[1.0], [np.nextafter(1.0, 2.0)], [1.0]])
    first, second, third = discretise(values).ravel()
    assert first == third < second


@pytest.mark.parametrize("bins", [1, 0, -3, 20.0, True, None, "20"])
def test_bins_out_of_range_are_named(bins):
    with pytest.raises(ValueError, match=re.escape(f"received bins={bins!r}")):
        discretise(np.zeros((3, 1)), bins)


def columns_of(*columns):
    return np.array(columns).T


def test_information_of_a_table_by_hand():
    information = mutual_information(
        columns_of([0, 1, 1, 1]), columns_of([0, 0, 1, 1], [0, 1, 0, 1])
    )
    # By hand: H(1/4, 3/4) + H(1/2, 1/2) - H(1/4, 1/4, 1/2), and the same again.
    np.testing.assert_allclose(information, [[0.2157616, 0.2157616]], rtol=1e-6)


def test_information_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    first, second = rng.integers(9, size=(300, 3)), rng.integers(-4, 3, size=(300, 2))
    expected = [[mutual_info_score(a, b) for b in second.T] for a in first.T]
    np.testing.assert_allclose(mutual_information(first, second), expected, rtol=1e-9)


def test_information_on_oneself_is_the_entropy():
    column = np.random.default_rng(0).integers(7, size=(200, 1))
    np.testing.assert_allclose(mutual_information(column, column)[0], entropy(column))


def test_any_numbers_may_stand_for_the_classes():
    rng = np.random.default_rng(0)
    first, second = rng.integers(5, size=(100, 1)), rng.integers(3, size=(100, 1))
    np.testing.assert_allclose(
        mutual_information(7 - 1000 * first, second),
        mutual_information(first, second),
        rtol=1e-9,
    )


def test_a_constant_column_has_exactly_no_information():
    rng = np.random.default_rng(0)
    varying, constant = rng.integers(40, size=(999, 1)), np.full((999, 1), 3)
    for function in (mutual_information, expected_mutual_information):
        assert function(varying, constant)[0, 0] == 0.0
        assert function(constant, varying)[0, 0] == 0.0


def test_independent_columns_never_have_less_than_nothing():
    grid = np.array(list(itertools.product(range(7), range(11))))
    information = mutual_information(grid[:, [0]], grid[:, [1]])[0, 0]
    assert 0 <= information < 1e-14


def test_entropy_of_even_and_uneven_classes():
    # By hand: ln 4; ln 4 - (3/4) ln 3; 0.
    values = columns_of([0, 1, 2, 3], [5, 5, 5, 9], [2, 2, 2, 2])
    np.testing.assert_allclose(entropy(values), [1.386294, 0.562335, 0], atol=1e-6)


def test_expected_information_is_the_mean_over_all_permutations():
    first, second = [0, 0, 1, 1, 2], [0, 1, 1, 1, 0]
    each = [
        mutual_info_score(list(order), second)
        for order in itertools.permutations(first)
    ]
    expected = expected_mutual_information(columns_of(first), columns_of(second))
    np.testing.assert_allclose(expected, [[np.mean(each)]], rtol=1e-9)


def test_expected_information_nears_the_formula_for_many_rows():
    rng = np.random.default_rng(0)
    first, second = rng.integers(20, size=(9000, 1)), rng.integers(6, size=(9000, 1))
    expected = expected_mutual_information(first, second)[0, 0]
    # (20 - 1)(6 - 1) / 2n; the next term is of the order of one over the cell counts.
    assert expected == pytest.approx(19 * 5 / 18_000, rel=0.03)
