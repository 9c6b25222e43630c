import json
import re

import numpy as np
import pytest
from reference_fixtures import CASES, arrays_of, expected, stored_arrays

from keras_bvae.metrics.protocols import ARRAYS
from keras_bvae.metrics.scores.mutual_information_gap import (
    gap_of_two_largest,
    mutual_information_gap,
)

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize("case", CASES)
def test_the_score_of_the_reference(case):
    block = expected()["cases"][case]["mig"]
    codes, factors, *_ = arrays_of(case)
    score = mutual_information_gap(codes, factors)
    assert score.score == pytest.approx(block["score"], abs=1e-6)
    for part in ("mutual_information", "factor_entropy", "per_factor"):
        np.testing.assert_allclose(score.parts[part], block[part], atol=1e-6)


@pytest.mark.parametrize("name", ["score_random_7x5", "score_random_2x5"])
def test_the_gap_of_the_reference(name):
    gaps = gap_of_two_largest(stored_arrays("matrices")[name])
    reference = expected()["matrices"][name]["mean_gap"]
    assert gaps.mean() == pytest.approx(reference, abs=1e-9)


def test_largest_less_second_largest_of_each_column():
    # By hand; the second column's two largest are equal.
    gaps = gap_of_two_largest([[1, 5], [7, 2], [4, 5]])
    np.testing.assert_array_equal(gaps, [3.0, 0.0])


def test_the_order_of_the_codes_changes_no_gap():
    table = np.random.default_rng(0).random((6, 4))
    np.testing.assert_array_equal(
        gap_of_two_largest(table[::-1]), gap_of_two_largest(table)
    )


def test_a_gap_by_hand():
    factors = np.array([[0], [0], [1], [1]])
    codes = np.array([[0.0, 0], [0, 1], [1, 1], [1, 1]])
    # (ln 2 - 0.2157616) / ln 2; see test_mutual_information.py.
    score = mutual_information_gap(codes, factors)
    assert score.score == pytest.approx(0.688722, abs=1e-6)


def test_a_perfect_code_beside_a_constant_one_scores_one():
    factors = np.arange(12)[:, np.newaxis] % 3
    codes = np.stack([5.0 - factors[:, 0], np.full(12, 0.1)], axis=1)
    score = mutual_information_gap(codes, factors)
    assert score.score == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_array_equal(score.parts["mutual_information"][1], 0.0)


def test_two_equal_codes_score_nothing():
    codes, factors, *_ = arrays_of("perfect")
    assert mutual_information_gap(np.tile(codes, 2), factors).score == 0.0


def test_order_scale_and_names_change_nothing():
    codes, factors, *_ = arrays_of("nonlinear_noisy")
    score = mutual_information_gap(codes, factors).score
    # Powers of two, so that no value is rounded over an edge.
    for other in (codes[:, ::-1], codes * 2.0 ** np.arange(6)):
        assert mutual_information_gap(other, factors).score == pytest.approx(
            score, abs=1e-12
        )
    renamed = mutual_information_gap(codes, 10 - factors[:, ::-1])
    assert renamed.score == pytest.approx(score, abs=1e-12)


def test_all_codes_constant_score_nothing():
    _, factors, *_ = arrays_of("constant_dims")
    assert mutual_information_gap(np.full((600, 3), 0.1), factors).score == 0.0


def test_the_record_says_all_that_made_it():
    codes, factors, *_ = arrays_of("dropped_factor")
    score = mutual_information_gap(np.tile(codes, (5, 1)), np.tile(factors, (5, 1)))
    assert score.protocol == "locatello2019"
    assert score.settings == ARRAYS["locatello2019"]["mutual_information_gap"]
    record = json.loads(score.to_json())
    assert record["name"] == "mutual_information_gap"
    assert record["seed"] is None
    assert record["seconds"] > 0
    assert mutual_information_gap(codes, factors).protocol == "custom"


@pytest.mark.parametrize(
    ("codes", "factors", "bins", "received"),
    [
        (np.eye(4), np.eye(3, dtype=int), 20, "received 4 rows of codes and 3 of"),
        (np.eye(4)[:, :1], np.eye(4, dtype=int), 20, "received 1 latent"),
        (np.eye(4), np.zeros((4, 1), int), 20, "`factors` with only one in column 0"),
        (np.eye(4) / 0.5 + np.diag([np.nan] * 4), np.eye(4, dtype=int), 20, "NaN"),
        (np.eye(4), np.eye(4) / 2, 20, "received 0.5 in factor 0"),
        (np.eye(4), np.eye(4, dtype=int), 1, "received bins=1"),
    ],
)
def test_bad_input_is_named(codes, factors, bins, received):
    with pytest.raises(ValueError, match=re.escape(received)):
        mutual_information_gap(codes, factors, bins)
