import re

import numpy as np
import pytest
from formula_contracts import assert_gradients, assert_values, evaluated

from keras_bvae.losses import covariance_gap

rng = np.random.default_rng(0)
MEAN, LOG_VARIANCE = rng.normal(size=(2, 6, 3)).astype("float32")
# Zero mean, unit variance, no correlation, with divisor 4: whitened by hand.
WHITE = np.float32([[1, 1], [1, -1], [-1, 1], [-1, -1]])
both_variants = pytest.mark.parametrize(
    "inputs", [(MEAN,), (MEAN, LOG_VARIANCE)], ids=["I", "II"]
)


def gap_by_loops(mean, log_variance=None):
    batch, latent_dim = mean.shape
    off_diagonal = diagonal = 0.0
    for i in range(latent_dim):
        for j in range(latent_dim):
            products = [row[i] * row[j] for row in mean]
            element = sum(products) / batch - mean[:, i].mean() * mean[:, j].mean()
            if i != j:
                off_diagonal += element**2
                continue
            if log_variance is not None:
                element += sum(np.exp(log_variance[:, i])) / batch
            diagonal += (element - 1) ** 2
    return off_diagonal, diagonal


@both_variants
def test_gap_equals_slow_loops_over_the_papers_formula(inputs):
    assert_values(covariance_gap, gap_by_loops, inputs)


@both_variants
def test_gradients_of_the_gap(inputs):
    assert_gradients(covariance_gap, gap_by_loops, inputs)


def test_no_gap_where_the_means_are_white():
    assert evaluated(covariance_gap, WHITE + 5) == (0, 0)


def test_no_gap_where_covariance_and_posterior_variance_sum_to_the_identity():
    # By hand: 0.6² + average(0.5, 0.78, 0.5, 0.78) = 0.36 + 0.64 = 1.
    log_variance = np.log(np.float32([[0.5], [0.78], [0.5], [0.78]])).repeat(2, axis=1)
    parts = evaluated(covariance_gap, 0.6 * WHITE, log_variance)
    np.testing.assert_allclose(parts, 0, atol=1e-12)


def test_gap_of_a_pair_of_equal_latents_by_hand():
    mean = np.float32([[2, 2], [-2, -2]])
    # C = [[4, 4], [4, 4]]: two elements of 4² off the diagonal, two of (4 - 1)² on it.
    assert evaluated(covariance_gap, mean) == (32, 18)


def test_a_batch_of_one_is_refused():
    with pytest.raises(ValueError, match=re.escape("mean.shape=(1, 3)")):
        covariance_gap(MEAN[:1])


def test_gap_reports_both_shapes():
    received = "mean.shape=(6, 3), log_variance.shape=(6, 2)"
    with pytest.raises(ValueError, match=re.escape(received)):
        covariance_gap(MEAN, LOG_VARIANCE[:, :2])
