import re

import numpy as np
import pytest
from factor_pixels import DSPRITES_SIZES
from reference_fixtures import CASES, arrays_of
from sklearn.metrics import adjusted_mutual_info_score

from keras_bvae.metrics.estimators.mutual_information import discretise
from keras_bvae.metrics.scores.adjusted_scores import (
    adjusted_modularity,
    adjusted_mutual_information_gap,
)
from keras_bvae.metrics.scores.modularity_explicitness import modularity
from keras_bvae.metrics.scores.mutual_information_gap import mutual_information_gap

pytestmark = pytest.mark.filterwarnings("error")
BOTH = (adjusted_mutual_information_gap, adjusted_modularity)


def standardised_factors(rows, seed=0):
    """`(codes, factors)`: each code is a factor of dSprites, uniformly drawn."""
    sizes = np.array(DSPRITES_SIZES)
    factors = np.random.default_rng(seed).integers(sizes, size=(rows, len(sizes)))
    return factors / sizes, factors


def noise(rows, latent_dim, seed=1):
    return np.random.default_rng(seed).normal(size=(rows, latent_dim))


# ---- the gap ---------------------------------------------------------------------


def test_information_is_adjusted_as_scikit_learn_does():
    codes, factors, *_ = arrays_of("nonlinear_noisy")
    # Shape and scale have less entropy than 20 bins, so "min" is the factor's.
    factors = factors[:, :2]
    parts = adjusted_mutual_information_gap(codes, factors).parts
    reference = [
        [adjusted_mutual_info_score(f, b, average_method="min") for f in factors.T]
        for b in discretise(codes).T
    ]
    np.testing.assert_allclose(
        parts["adjusted_mutual_information"], np.maximum(reference, 0), atol=1e-9
    )


@pytest.mark.parametrize("case", CASES)
def test_the_parts_before_adjustment_are_those_of_the_gap(case):
    codes, factors, *_ = arrays_of(case)
    plain = mutual_information_gap(codes, factors)
    score = adjusted_mutual_information_gap(codes, factors)
    for part in ("mutual_information", "factor_entropy"):
        np.testing.assert_array_equal(score.parts[part], plain.parts[part])
    assert 0 <= score.score <= 1
    if case not in ("noise", "rotation", "nonlinear_noisy"):
        # Chance lowers the gap of a good code.
        assert score.score > plain.score


def test_few_rows_no_longer_lower_the_gap():
    few, many = standardised_factors(1000), standardised_factors(20_000)

    def drop(metric):
        return metric(*many).score - metric(*few).score

    assert drop(mutual_information_gap) > 0.05
    assert abs(drop(adjusted_mutual_information_gap)) < 0.02


def test_a_perfect_code_beside_a_constant_one_scores_one():
    factors = np.arange(12)[:, np.newaxis] % 3
    codes = np.hstack([5.0 - factors, np.full((12, 1), 0.1)])
    score = adjusted_mutual_information_gap(codes, factors)
    assert score.score == pytest.approx(1.0, abs=1e-9)


def test_a_factor_that_is_different_in_every_row_cannot_be_told_from_chance():
    factors = np.arange(50)[:, np.newaxis]
    codes = np.hstack([factors * 1.0, noise(50, 1)])
    assert mutual_information_gap(codes, factors).score > 0.05
    for bins in (20, 50):
        score = adjusted_mutual_information_gap(codes, factors, bins)
        assert score.score == pytest.approx(0.0, abs=1e-9)


# ---- modularity ------------------------------------------------------------------


def test_noise_has_no_modularity():
    _, factors, *_ = arrays_of("noise")
    for rows, seed in ((2000, 1), (300, 2), (60, 3)):
        codes = noise(rows, 20, seed)
        assert modularity(codes, factors[:rows]).score > 0.1
        score = adjusted_modularity(codes, factors[:rows])
        assert score.score == 0.0
        assert score.parts["codes"].size == score.parts["per_code"].size == 0


def test_collapsed_and_constant_codes_are_left_out():
    codes, factors = standardised_factors(5000)
    everything = np.hstack([np.full((5000, 1), 0.1), codes, 0.01 * noise(5000, 4)])
    assert modularity(everything, factors).score < 0.85
    score = adjusted_modularity(everything, factors)
    np.testing.assert_array_equal(score.parts["codes"], [1, 2, 3, 4, 5])
    # What chance leaves is 0 on average, 0.01 nats of 1 to 3 at the most.
    assert score.score == pytest.approx(1.0, abs=1e-3)
    assert score.score == score.parts["per_code"].mean()


def test_a_code_that_tells_of_two_factors_alike_is_not_modular():
    factors = np.random.default_rng(0).integers(4, size=(5000, 2))
    codes = 4.0 * factors[:, :1] + factors[:, 1:]
    assert adjusted_modularity(codes, factors).score == pytest.approx(0, abs=1e-3)


def test_information_beyond_chance_is_never_below_nothing():
    codes, factors, *_ = arrays_of("dead_dims")
    parts = adjusted_modularity(codes, factors).parts
    difference = parts["mutual_information"] - parts["expected_mutual_information"]
    assert difference.min() < 0
    np.testing.assert_array_equal(
        parts["information_beyond_chance"], np.maximum(difference, 0)
    )


def test_all_codes_constant_score_nothing():
    _, factors, *_ = arrays_of("noise")
    for metric in BOTH:
        assert metric(np.full((2000, 3), 0.1), factors).score == 0.0


@pytest.mark.parametrize("metric", BOTH)
def test_the_order_of_codes_changes_nothing(metric):
    codes, factors, *_ = arrays_of("nonlinear_noisy")
    codes, factors = codes[:500], factors[:500]
    assert metric(codes[:, ::-1], factors[:, ::-1]).score == pytest.approx(
        metric(codes, factors).score, abs=1e-9
    )


# ---- the record, and bad input ---------------------------------------------------


@pytest.mark.parametrize("metric", BOTH)
def test_the_protocol_is_always_custom(metric):
    codes, factors = standardised_factors(10_000)
    score = metric(codes[:, :2], factors[:, :2])
    assert (score.name, score.protocol, score.seed) == (
        metric.__name__,
        "custom",
        None,
    )
    assert score.settings["bins"] == 20
    assert score.settings["train_points"] == 10_000


@pytest.mark.parametrize("metric", BOTH)
@pytest.mark.parametrize(
    ("codes", "factors", "bins", "received"),
    [
        (np.eye(4), np.eye(3, dtype=int), 20, "received 4 rows of codes and 3 of"),
        (np.eye(4), np.eye(4, dtype=int) // 2, 20, "`factors` with one each in column"),
        (np.full((4, 2), np.nan), np.eye(4, dtype=int), 20, "NaN or infinity in 4"),
        (np.eye(4), np.eye(4) / 2, 20, "received 0.5 in factor 0"),
        (np.eye(4), np.eye(4, dtype=int), 0, "received bins=0"),
    ],
)
def test_bad_input_is_named(metric, codes, factors, bins, received):
    with pytest.raises(ValueError, match=re.escape(received)):
        metric(codes, factors, bins)


def test_what_is_compared_must_be_two():
    with pytest.raises(ValueError, match="received 1 latent"):
        adjusted_mutual_information_gap(np.eye(4)[:, :1], np.eye(4, dtype=int))
    with pytest.raises(ValueError, match="2 or more; received 1 in `factors`"):
        adjusted_modularity(np.eye(4), np.eye(4, dtype=int)[:, :1])
