import numpy as np
import pytest
from reference_fixtures import expected, stored_arrays

from keras_bvae.metrics.estimators.leading_gap import gap_of_two_largest

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize("name", ["score_random_7x5", "score_random_2x5"])
def test_the_gap_of_the_reference(name):
    gaps = gap_of_two_largest(stored_arrays("matrices")[name])
    reference = expected()["matrices"][name]["mean_gap"]
    assert gaps.mean() == pytest.approx(reference, abs=1e-9)


def test_largest_less_second_largest_of_each_column():
    # By hand; the second column's two largest are equal.
    gaps = gap_of_two_largest([[1, 5], [7, 2], [4, 5]])
    np.testing.assert_array_equal(gaps, [3.0, 0.0])


def test_the_order_of_the_codes_changes_nothing():
    table = np.random.default_rng(0).random((6, 4))
    np.testing.assert_array_equal(
        gap_of_two_largest(table[::-1]), gap_of_two_largest(table)
    )
