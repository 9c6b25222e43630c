import re

import numpy as np
import pytest
from formula_contracts import assert_gradients, assert_values, evaluated
from scipy import stats
from scipy.special import log_softmax

from keras_bvae.losses import (
    density_ratio_total_correlation,
    discriminator_cross_entropy,
)

LOGITS, PERMUTED = np.random.default_rng(0).normal(0, 2, (2, 5, 2)).astype("float32")


def total_correlation_by_loops(logits):
    """log D / (1 - D), D the softmax of column 0."""
    return np.array([log_softmax(row)[0] - log_softmax(row)[1] for row in logits])


def cross_entropy_by_loops(logits, permuted_logits):
    pairs = zip(logits, permuted_logits, strict=True)
    return np.array([0.5 * (-log_softmax(a)[0] - log_softmax(b)[1]) for a, b in pairs])


def test_total_correlation_is_the_log_odds_of_as_drawn():
    assert_values(density_ratio_total_correlation, total_correlation_by_loops, [LOGITS])


def test_gradient_of_the_total_correlation():
    assert_gradients(
        density_ratio_total_correlation, total_correlation_by_loops, [LOGITS]
    )


def test_total_correlation_from_the_true_densities_of_a_gaussian():
    correlation = np.array([[1, 0.8], [0.8, 1]])
    draws = np.random.default_rng(0).normal(size=(200, 2))
    draws -= draws.mean(axis=0)
    # Codes with exactly this covariance: then the average is exact, not just near.
    whitening = np.linalg.inv(np.linalg.cholesky(draws.T @ draws / 200))
    codes = draws @ whitening.T @ np.linalg.cholesky(correlation).T
    joint = stats.multivariate_normal([0, 0], correlation).logpdf(codes)
    marginals = stats.norm.logpdf(codes).sum(axis=1)
    logits = np.stack([joint, marginals], axis=1).astype("float32")
    found = evaluated(density_ratio_total_correlation, logits).mean()
    expected = -0.5 * np.log(np.linalg.det(correlation))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_cross_entropy_equals_scipys():
    assert_values(
        discriminator_cross_entropy, cross_entropy_by_loops, [LOGITS, PERMUTED]
    )


def test_gradient_of_the_cross_entropy():
    assert_gradients(
        discriminator_cross_entropy, cross_entropy_by_loops, [LOGITS, PERMUTED]
    )


def test_cross_entropy_of_a_discriminator_that_cannot_tell_is_log_2():
    same = np.full((3, 2), 1.7, "float32")
    found = evaluated(discriminator_cross_entropy, same, same)
    np.testing.assert_allclose(found, np.log(2), rtol=1e-6)


def test_cross_entropy_stays_finite_at_huge_logits():
    sure = np.float32([[200, -200]])
    right = evaluated(discriminator_cross_entropy, sure, -sure)
    wrong = evaluated(discriminator_cross_entropy, -sure, sure)
    # By hand: no error, then two of 400 nats, halved.
    assert [*right, *wrong] == [0, 400]


def test_logits_that_are_not_two_columns_are_refused():
    with pytest.raises(ValueError, match=re.escape("logits.shape=(5, 1)")):
        density_ratio_total_correlation(LOGITS[:, :1])
    with pytest.raises(ValueError, match=re.escape("logits.shape=(5,)")):
        discriminator_cross_entropy(LOGITS[:, 0], PERMUTED[:, 0])


def test_cross_entropy_reports_both_shapes():
    received = "logits.shape=(5, 2), permuted_logits.shape=(4, 2)"
    with pytest.raises(ValueError, match=re.escape(received)):
        discriminator_cross_entropy(LOGITS, PERMUTED[:4])
