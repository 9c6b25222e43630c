import re

import numpy as np
import pytest

from keras_bvae.metrics.estimators.discretiser import discretise

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
