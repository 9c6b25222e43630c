import re

import numpy as np
import pytest
from reference_fixtures import CASES, arrays_of, expected

from keras_bvae.metrics.protocols import ARRAYS
from keras_bvae.metrics.scores.interventional_robustness import (
    deviations_while_held,
    interventional_robustness,
)

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize("case", CASES)
def test_the_score_of_the_reference(case):
    block = expected()["cases"][case]["irs"]
    codes, factors, *_ = arrays_of(case)
    score = interventional_robustness(codes, factors)
    assert score.score == pytest.approx(block["score"], abs=1e-5)
    for part in ("irs_matrix", "per_code"):
        np.testing.assert_allclose(score.parts[part], block[part], atol=1e-4)
    np.testing.assert_array_equal(score.parts["parents"], block["parents"])
    # Both numbers below are of float32 codes in the reference.
    np.testing.assert_allclose(
        score.parts["max_deviations"], block["max_deviations"], rtol=1e-5
    )
    assert score.parts["num_active_dims_reported"] == pytest.approx(
        block["num_active_dims_reported"], rel=1e-5
    )
    assert score.parts["num_active_dims_true"] == block["num_active_dims_true"]


@pytest.mark.parametrize("case", CASES)
def test_the_papers_maximum_as_the_reference_has_it(case):
    block = expected()["cases"][case]["irs"]
    codes, factors, *_ = arrays_of(case)
    score = interventional_robustness(codes, factors, quantile=1)
    assert score.score == pytest.approx(block["score_quantile_1"], abs=1e-5)
    np.testing.assert_allclose(
        score.parts["irs_matrix"], block["irs_matrix_quantile_1"], atol=1e-4
    )


def test_a_score_by_hand():
    factors = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    codes = np.array([[-1.0, 0], [1, 20], [3, 0], [5, 20]])
    score = interventional_robustness(codes, factors, quantile=1)
    # Code 0: mean 2, at most 3 from it. Factor 0 held: 1 from -1 … 1 and from 3 … 5;
    # factor 1 held: 2. Code 1: mean 10, at most 10 from it; 10, and 0.
    np.testing.assert_allclose(score.parts["irs_matrix"], [[2 / 3, 1 / 3], [0, 1]])
    np.testing.assert_array_equal(score.parts["max_deviations"], [3, 10])
    np.testing.assert_array_equal(score.parts["parents"], [0, 1])
    assert score.score == pytest.approx((3 * 2 / 3 + 10 * 1) / 13)


def test_every_group_weighs_the_same_however_many_rows_it_has():
    codes = np.array([[0.0], [2], [10], [14], [14], [10], [12], [12]])
    groups = np.array([[4, 4, 9, 9, 9, 9, 9, 9]]).T
    # By hand: distances 1, 1 and 2, 2, 2, 2, 0, 0; the largest of each, averaged.
    np.testing.assert_allclose(deviations_while_held(codes, groups, 1.0), [[1.5]])
    # Quarter quantiles by linear interpolation: 1, and 0 + 0.25 · (2 - 0).
    np.testing.assert_allclose(deviations_while_held(codes, groups, 0.25), [[0.75]])


def test_constant_codes_are_left_out_and_the_rest_keep_their_numbers():
    codes, factors, *_ = arrays_of("constant_dims")
    parts = interventional_robustness(codes, factors).parts
    np.testing.assert_array_equal(
        parts["codes"], np.flatnonzero((codes != codes[0]).any(axis=0))
    )
    assert parts["irs_matrix"].shape == (5, 5)


def test_no_active_code_scores_nothing():
    _, factors, *_ = arrays_of("noise")
    score = interventional_robustness(np.full((2000, 3), 0.1), factors)
    assert score.score == 0.0
    assert score.parts["irs_matrix"].shape == (0, 5)
    assert score.parts["num_active_dims_true"] == 0


def test_order_and_a_common_scale_change_nothing():
    codes, factors, *_ = arrays_of("nonlinear_noisy")
    score = interventional_robustness(codes, factors).score
    changed = interventional_robustness(3.0 - 8.0 * codes[:, ::-1], factors[:, ::-1])
    assert changed.score == pytest.approx(score, abs=1e-9)


def test_a_quantity_is_held_by_its_bin():
    codes, factors, *_ = arrays_of("perfect")
    score = interventional_robustness(codes, factors).score
    assert interventional_robustness(codes, factors * 0.25).score == score


def test_the_record_says_all_that_made_it():
    codes, factors, *_ = arrays_of("dropped_factor")
    score = interventional_robustness(np.tile(codes, (5, 1)), np.tile(factors, (5, 1)))
    assert score.protocol == "locatello2019"
    assert score.settings == ARRAYS["locatello2019"]["interventional_robustness"]
    assert (score.name, score.seed) == ("interventional_robustness", None)
    assert interventional_robustness(codes, factors, quantile=1).protocol == "custom"


@pytest.mark.parametrize("quantile", [0, -0.1, 1.01, 99, np.nan, True, None, "0.99"])
def test_a_quantile_out_of_range_is_named(quantile):
    with pytest.raises(ValueError, match=re.escape(f"received quantile={quantile!r}")):
        interventional_robustness(np.eye(4), np.eye(4), quantile=quantile)


@pytest.mark.parametrize(
    ("codes", "factors", "bins", "received"),
    [
        (np.eye(4), np.eye(3), 20, "received 4 rows of codes and 3 of"),
        (np.eye(4), np.zeros((4, 1)), 20, "`factors` with only one in column 0"),
        (np.full((4, 2), np.nan), np.eye(4), 20, "NaN or infinity in 4 of 4 rows"),
        (np.eye(4), np.full((4, 1), np.inf), 20, "`factors` must be finite"),
        (np.eye(4), np.eye(4), 1, "received bins=1"),
    ],
)
def test_bad_input_is_named(codes, factors, bins, received):
    with pytest.raises(ValueError, match=re.escape(received)):
        interventional_robustness(codes, factors, bins)
