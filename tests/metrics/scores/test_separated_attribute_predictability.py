import re

import numpy as np
import pytest
from reference_fixtures import CASES, arrays_of, expected

from keras_bvae.metrics.protocols import ARRAYS
from keras_bvae.metrics.scores.separated_attribute_predictability import (
    separated_attribute_predictability,
    squared_correlations,
)

pytestmark = pytest.mark.filterwarnings("error")


def continuous_gap(codes, factors):
    return separated_attribute_predictability(codes, factors, continuous=True)


def two_values(rows=40):
    """One factor of two values, a code that is it, and one that is constant."""
    factors = np.arange(rows)[:, np.newaxis] % 2
    return np.hstack([2.0 * factors - 1, np.full((rows, 1), 0.1)]), factors


@pytest.mark.parametrize("case", CASES)
def test_the_accuracies_of_the_reference(case):
    block = expected()["cases"][case]["sap_discrete"]
    score = separated_attribute_predictability(*arrays_of(case))
    assert score.score == pytest.approx(block["score"], abs=0.002)
    np.testing.assert_allclose(
        score.parts["per_factor"], block["per_factor"], atol=0.005
    )
    codes = arrays_of(case)[0]
    # A constant code's row is chance in the reference; see the fixtures' README.
    varies = (codes != codes[0]).any(axis=0)
    np.testing.assert_allclose(
        score.parts["score_matrix"][varies],
        np.array(block["score_matrix"])[varies],
        atol=0.005,
    )


@pytest.mark.parametrize("case", CASES)
def test_the_correlations_of_the_reference(case):
    block = expected()["cases"][case]["sap_continuous"]
    codes, factors, *_ = arrays_of(case)
    score = separated_attribute_predictability(codes, factors, None, None, True)
    assert score.score == pytest.approx(block["score"], abs=1e-6)
    for part in ("score_matrix", "per_factor"):
        np.testing.assert_allclose(score.parts[part], block[part], atol=1e-6)


# ---- classes ---------------------------------------------------------------------


def test_a_constant_code_predicts_the_commonest_training_value():
    codes, factors = two_values()
    # Commonest in training: 1, in 21 rows; in the test rows it is one of four.
    factors = factors.copy()
    factors[0] = 1
    test_codes, test_factors = codes[:8], np.array([[1, 0, 0, 0, 1, 0, 0, 0]]).T
    score = separated_attribute_predictability(codes, factors, test_codes, test_factors)
    assert score.parts["score_matrix"][1, 0] == 2 / 8


def test_of_equally_common_values_it_predicts_the_least():
    codes, factors = two_values()
    test_factors = np.array([[0, 1, 0, 0]]).T
    score = separated_attribute_predictability(
        codes[:, [1, 1]], factors, codes[:4], test_factors
    )
    np.testing.assert_array_equal(score.parts["score_matrix"], [[0.75], [0.75]])
    assert score.score == 0.0


def test_a_perfect_code_leads_by_what_chance_leaves():
    score = separated_attribute_predictability(*two_values(), *two_values(20))
    np.testing.assert_array_equal(score.parts["score_matrix"], [[1.0], [0.5]])
    assert score.score == 0.5


def test_the_order_of_codes_and_factors_changes_nothing():
    codes, factors, test_codes, test_factors = arrays_of("constant_dims")
    score = separated_attribute_predictability(
        codes, factors[:, :3], test_codes, test_factors[:, :3]
    )
    other = separated_attribute_predictability(
        codes[:, ::-1], factors[:, 2::-1], test_codes[:, ::-1], test_factors[:, 2::-1]
    )
    np.testing.assert_array_equal(
        other.parts["score_matrix"], score.parts["score_matrix"][::-1, ::-1]
    )


# ---- quantities ------------------------------------------------------------------


def test_correlations_are_those_of_numpy():
    rng = np.random.default_rng(0)
    codes, factors = rng.normal(size=(50, 3)), rng.normal(size=(50, 2))
    reference = np.corrcoef(codes.T, factors.T)[:3, 3:] ** 2
    np.testing.assert_allclose(squared_correlations(codes, factors), reference)


def test_a_code_with_hardly_any_variance_counts_as_nothing():
    factors = np.arange(11.0)[:, np.newaxis]
    # Variance of 0 … 10 with 10 degrees of freedom: 11.
    below, above = np.sqrt(np.array([0.9e-12, 1.1e-12]) / 11)
    codes = np.hstack([below * factors, above * factors, np.full((11, 1), 0.1)])
    np.testing.assert_allclose(squared_correlations(codes, factors), [[0], [1], [0]])


def test_quantities_may_be_fractions():
    factors = np.random.default_rng(0).normal(size=(200, 2))
    score = continuous_gap(np.hstack([3 - factors, np.zeros((200, 1))]), factors)
    cross = np.corrcoef(factors.T)[0, 1] ** 2
    assert score.score == pytest.approx(1 - cross)
    assert score.parts["score_matrix"].max() <= 1.0


def test_shift_scale_and_sign_change_no_correlation():
    codes, factors, *_ = arrays_of("rotation")
    score = continuous_gap(codes, factors).score
    changed = continuous_gap(codes * [-1e4, 3, 1, 0.1, -2] + 7.0, 5.0 - 2.0 * factors)
    assert changed.score == pytest.approx(score, abs=1e-9)


def test_all_codes_constant_have_no_correlation():
    _, factors, *_ = arrays_of("noise")
    assert continuous_gap(np.full((2000, 2), 0.1), factors).score == 0.0


# ---- the record, and bad input ---------------------------------------------------


def test_the_record_says_all_that_made_it():
    score = separated_attribute_predictability(*two_values(), *two_values(20))
    published = ARRAYS["locatello2019"]["separated_attribute_predictability"]
    assert score.settings == {**published, "train_points": 40, "test_points": 20}
    assert (score.name, score.protocol, score.seed) == (
        "separated_attribute_predictability",
        "custom",
        None,
    )
    score = continuous_gap(*two_values())
    assert score.settings == {"continuous": True, "train_points": 40}


@pytest.mark.parametrize("missing", ["test_codes", "test_factors"])
def test_classes_without_test_rows_are_refused(missing):
    codes, factors = two_values()
    test = {"test_codes": codes, "test_factors": factors, missing: None}
    with pytest.raises(ValueError, match="`test_factors` are needed; received None"):
        separated_attribute_predictability(codes, factors, **test)


@pytest.mark.parametrize("continuous", [False, True])
@pytest.mark.parametrize(
    ("codes", "factors", "received"),
    [
        (np.eye(4), np.eye(3, dtype=int), "received 4 rows of codes and 3 of"),
        (np.eye(4)[:, :1], np.eye(4, dtype=int), "received 1 latent"),
        (np.eye(4), np.zeros((4, 1), int), "`factors` with only one in column 0"),
        (np.full((4, 2), np.nan), np.eye(4, dtype=int), "NaN or infinity in 4 of 4"),
    ],
)
def test_bad_input_is_named(codes, factors, received, continuous):
    with pytest.raises(ValueError, match=re.escape(received)):
        separated_attribute_predictability(codes, factors, codes, factors, continuous)


def test_quantities_are_no_classes():
    with pytest.raises(ValueError, match=r"received 0\.5 in factor 0.*continuous=True"):
        separated_attribute_predictability(
            np.eye(4), np.eye(4) / 2, np.eye(4), np.eye(4) / 2
        )
