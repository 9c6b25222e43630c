import json
import re

import numpy as np
import pytest
from reference_fixtures import CASES, arrays_of, expected, stored_arrays

from keras_bvae.metrics.protocols import ARRAYS
from keras_bvae.metrics.scores.unsupervised_scores import (
    active_units,
    gaussian_total_correlation,
    gaussian_wasserstein_correlation,
    unsupervised_scores,
)

pytestmark = pytest.mark.filterwarnings("error")
COVARIANCES = ("cov_random_5x5", "cov_diag", "cov_2x2_rho09", "cov_one_small_dim")


@pytest.mark.parametrize("name", COVARIANCES)
def test_the_formulas_of_the_reference(name):
    covariance = stored_arrays("matrices")[name]
    block = expected()["matrices"][name]
    for function in (gaussian_total_correlation, gaussian_wasserstein_correlation):
        reference = block[function.__name__]
        assert function(covariance) == pytest.approx(reference, abs=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_the_scores_of_the_reference(case):
    block = expected()["cases"][case]["unsupervised"]
    score = unsupervised_scores(arrays_of(case)[0])
    parts = score.parts
    total_correlation = block["gaussian_total_correlation"]
    if total_correlation is None:  # NaN: two codes are constant
        total_correlation = float("nan")
    assert score.score == pytest.approx(total_correlation, abs=1e-6, nan_ok=True)
    for name in ("gaussian_wasserstein_correlation_norm", "mutual_info_score"):
        assert parts[name] == pytest.approx(block[name], abs=1e-6)
    trace = np.trace(block["covariance"])
    assert parts["gaussian_wasserstein_correlation"] == pytest.approx(
        block["gaussian_wasserstein_correlation"], abs=1e-6 * trace
    )
    np.testing.assert_allclose(
        parts["covariance"], block["covariance"], atol=1e-6 * trace
    )
    np.testing.assert_allclose(
        parts["code_mutual_information"], block["code_mutual_information"], atol=1e-6
    )


# ---- the two formulas ------------------------------------------------------------


@pytest.mark.parametrize("correlation", [0.0, 0.3, -0.9, 0.999999])
def test_two_codes_by_hand(correlation):
    # S = D^½ R D^½ with standard deviations 1 and 1: eigenvalues 1 ± the correlation.
    covariance = np.array([[1.0, correlation], [correlation, 1.0]])
    assert gaussian_total_correlation(covariance) == pytest.approx(
        -0.5 * np.log1p(-(correlation**2)), abs=1e-10
    )
    roots = np.sqrt(1 + correlation) + np.sqrt(1 - correlation)
    assert gaussian_wasserstein_correlation(covariance) == pytest.approx(
        4 - 2 * roots, abs=1e-10
    )


def test_total_correlation_knows_no_scale_and_wasserstein_a_common_one():
    covariance = stored_arrays("matrices")["cov_random_5x5"]
    scale = np.array([1e-9, 1.0, 1e9, 3.0, 0.1])
    assert gaussian_total_correlation(
        covariance * scale * scale[:, np.newaxis]
    ) == pytest.approx(gaussian_total_correlation(covariance))
    assert gaussian_wasserstein_correlation(25 * covariance) == pytest.approx(
        25 * gaussian_wasserstein_correlation(covariance)
    )


def test_codes_that_determine_each_other_correlate_without_limit():
    # The correlation is 1, so by the formula the larger variances cancel: 2 · (1 + 4)
    # less 2 · sqrt(1 + 16), the only eigenvalue of [[1, 4], [4, 16]].
    covariance = np.array([[1.0, 2.0], [2.0, 4.0]])
    assert gaussian_total_correlation(covariance) == np.inf
    assert gaussian_wasserstein_correlation(covariance) == pytest.approx(
        10 - 2 * np.sqrt(17)
    )


def test_a_variance_of_zero_leaves_no_number():
    assert np.isnan(gaussian_total_correlation(np.diag([1.0, 0.0])))
    assert gaussian_wasserstein_correlation(np.diag([1.0, 0.0])) == 0.0


# ---- codes -----------------------------------------------------------------------


def test_active_codes_are_those_that_vary():
    codes = arrays_of("constant_dims")[0]
    varies = (codes != codes[0]).any(axis=0)
    alone = unsupervised_scores(codes[:, varies]).parts
    parts = unsupervised_scores(codes).parts
    assert np.isnan(parts["gaussian_total_correlation"])
    active = parts["gaussian_total_correlation_active"]
    assert active == alone["gaussian_total_correlation"]
    assert active == alone["gaussian_total_correlation_active"]


def test_a_constant_code_has_exactly_no_variance():
    codes = np.random.default_rng(0).normal(size=(2000, 3))
    codes[:, 1] = 0.1
    covariance = unsupervised_scores(codes).parts["covariance"]
    assert not covariance[1].any()
    assert not covariance[:, 1].any()


def test_copies_of_a_code():
    codes = np.random.default_rng(0).normal(size=(500, 2))
    parts = unsupervised_scores(np.hstack([codes, 3 - 2 * codes[:, :1]])).parts
    assert parts["gaussian_total_correlation"] == np.inf
    assert parts["gaussian_total_correlation_active"] == np.inf
    assert np.isfinite(parts["gaussian_wasserstein_correlation"])


def test_fewer_rows_than_codes_determine_each_other():
    codes = np.random.default_rng(0).normal(size=(4, 6))
    assert unsupervised_scores(codes).score == np.inf


def test_one_latent_depends_on_no_other():
    parts = unsupervised_scores(np.arange(40.0)[:, np.newaxis]).parts
    assert parts["covariance"].shape == (1, 1)
    assert parts["covariance"][0, 0] == pytest.approx(np.arange(40.0).var(ddof=1))
    # 40 values in 20 bins, two in each.
    assert parts["code_mutual_information"] == pytest.approx(np.log(20))
    for name, value in parts.items():
        if name not in ("covariance", "code_mutual_information"):
            assert value == pytest.approx(0.0, abs=1e-12)


def test_all_codes_constant():
    score = unsupervised_scores(np.full((50, 3), 0.1))
    assert np.isnan(score.score)
    assert json.loads(score.to_json())["score"] is None
    for name, value in score.parts.items():
        if name != "gaussian_total_correlation":
            assert not np.any(value)


def test_the_order_of_codes_changes_no_score():
    codes = arrays_of("nonlinear_noisy")[0]
    parts = unsupervised_scores(codes).parts
    other = unsupervised_scores(codes[:, ::-1]).parts
    for name, value in parts.items():
        if isinstance(value, float):
            assert other[name] == pytest.approx(value, abs=1e-9)


def test_the_record_says_all_that_made_it():
    codes = np.tile(arrays_of("noise")[0], (5, 1))
    score = unsupervised_scores(codes)
    assert score.protocol == "locatello2019"
    assert score.settings == ARRAYS["locatello2019"]["unsupervised_scores"]
    assert (score.name, score.seed) == ("unsupervised_scores", None)
    assert unsupervised_scores(codes, bins=10).protocol == "custom"


@pytest.mark.parametrize(
    ("codes", "bins", "received"),
    [
        (np.full((4, 2), np.nan), 20, "NaN or infinity in 4 of 4 rows"),
        (np.zeros(4), 20, "received shape (4,)"),
        (np.eye(4), 1, "received bins=1"),
    ],
)
def test_bad_input_of_the_scores_is_named(codes, bins, received):
    with pytest.raises(ValueError, match=re.escape(received)):
        unsupervised_scores(codes, bins)


# ---- active units ----------------------------------------------------------------


def test_latents_above_the_threshold_are_counted():
    # Variances by hand, of ± x: x² = 1, 0.0081, 0, 0.0144.
    mean = np.array([[1.0], [-1.0]]) * [1, 0.09, 0, 0.12] + 0.7
    score = active_units(mean)
    assert score.score == 2.0
    np.testing.assert_allclose(
        score.parts["variances"], [1, 0.0081, 0, 0.0144], atol=1e-12
    )
    assert score.parts["active"].tolist() == [True, False, False, True]
    assert score.protocol == "burda2016"
    assert score.settings == {"threshold": 0.01, "images": 2}
    assert score.name == "active_units"
    assert score.seed is None


def test_another_threshold_is_no_published_protocol():
    mean = np.array([[0.5], [-0.5]]) * [1, 0.2, 0]
    score = active_units(mean, threshold=0)
    assert (score.score, score.protocol) == (2.0, "custom")
    # A variance equal to the threshold is not above it.
    assert active_units(mean, threshold=0.25).score == 0


def test_a_constant_mean_is_inactive_at_any_threshold():
    assert active_units(np.full((63, 2), 0.1), threshold=0).score == 0


@pytest.mark.parametrize(
    ("mean", "message"),
    [
        (np.zeros((1, 3)), "received shape (1, 3)"),
        (np.zeros(3), "received shape (3,)"),
        (np.zeros((4, 0)), "received shape (4, 0)"),
        (np.array([[0.0], [np.nan]]), "received NaN or infinity in 1 of 2 rows"),
        ([["a"], ["b"]], "`mean` must be numbers"),
        (np.array([[1e200], [-1e200]]), "received 1e+200"),
    ],
)
def test_bad_means_are_refused(mean, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        active_units(mean)


@pytest.mark.parametrize("threshold", [-0.1, float("nan"), float("inf"), None, "0.01"])
def test_a_threshold_out_of_range_is_named(threshold):
    message = re.escape(f"received threshold={threshold!r}")
    with pytest.raises(ValueError, match=message):
        active_units(np.eye(3), threshold)
