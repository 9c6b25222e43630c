import numpy as np
import pytest
from scipy.stats import norm

from keras_bvae.metrics.estimators import aggregate_posterior
from keras_bvae.metrics.estimators.aggregate_posterior import (
    aggregate_log_densities,
    log_normal,
)


def some_posteriors(count, draws, latent_dim=2, seed=0):
    """Codes, whose posterior each is from, and posteriors from narrow to broad."""
    rng = np.random.default_rng(seed)
    mean = rng.normal(size=(count, latent_dim))
    log_variance = rng.uniform(-8, 0.5, size=(count, latent_dim))
    own = rng.integers(count, size=draws)
    noise = rng.normal(size=(draws, latent_dim))
    return mean[own] + np.exp(log_variance[own] / 2) * noise, own, mean, log_variance


def densities_one_by_one(codes, own, mean, log_variance, dataset_size):
    joint, marginals = np.zeros(len(codes)), np.zeros(codes.shape)
    for row, (code, i) in enumerate(zip(codes, own, strict=True)):
        for j in range(len(mean)):
            share = 1 / dataset_size
            if j != i:
                share = (1 - 1 / dataset_size) / (len(mean) - 1)
            density = norm.pdf(code, mean[j], np.exp(log_variance[j] / 2))
            joint[row] += share * np.prod(density)
            marginals[row] += share * density
    return np.log(joint), np.log(marginals)


@pytest.mark.parametrize("dataset_size", [70, 1000])
def test_densities_equal_scipys_one_by_one(dataset_size, monkeypatch):
    monkeypatch.setattr(aggregate_posterior, "_TABLE_ENTRIES", 1)  # two chunks
    posteriors = some_posteriors(count=70, draws=30)
    joint, marginals = aggregate_log_densities(*posteriors, dataset_size)
    expected = densities_one_by_one(*posteriors, dataset_size)
    np.testing.assert_allclose(joint, expected[0], rtol=0, atol=1e-9)
    # Two posteriors in one cell differ from their average by 5 % of their spread.
    np.testing.assert_allclose(marginals, expected[1], rtol=0, atol=2e-3)


def test_merging_costs_no_more_on_average_than_promised():
    posteriors = some_posteriors(count=4000, draws=300)
    _, merged = aggregate_log_densities(*posteriors, 4000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aggregate_posterior, "_MEAN_SPACING", 1e-9)
        _, apart = aggregate_log_densities(*posteriors, 4000)
    assert np.abs(merged - apart).max() > 1e-7
    np.testing.assert_allclose(merged.mean(0), apart.mean(0), rtol=0, atol=0.002)


def test_merged_posteriors_keep_count_and_averages():
    mean = np.array([[1.0], [1.02], [5.0], [1.04]])
    log_variance = np.log(np.array([[1.0], [1.0], [1.0], [1.01]]))
    merged = aggregate_posterior._merged(mean, log_variance, np.array([2, 3]), 0)
    np.testing.assert_array_equal(merged.counts, [3, 1])
    np.testing.assert_allclose(merged.mean[:, 0], [1.02, 5.0], rtol=1e-12)
    np.testing.assert_allclose(merged.log_variance[0], np.log(1.01) / 3, rtol=1e-12)
    np.testing.assert_array_equal(merged.own, [1, 0])


def test_the_narrowest_posteriors_keep_four_digits():
    # Two means half a standard deviation apart, far from 0: differences of products.
    deviation = np.exp(-12.5)
    mean = np.array([[2.0], [2.0 + deviation / 2]])
    codes = mean[[0]] + 1.5 * deviation
    log_variance = np.full((2, 1), -25.0)
    joint, _ = aggregate_log_densities(codes, np.array([0]), mean, log_variance, 2)
    by_hand = 0.5 * (norm.pdf(1.5) + norm.pdf(1.0)) / deviation
    np.testing.assert_allclose(joint, np.log(by_hand), rtol=0, atol=5e-4)


def test_a_far_narrower_neighbour_neither_overflows_nor_warns(recwarn):
    mean, log_variance = np.zeros((2, 40)), np.full((2, 40), 0.0)
    log_variance[1] = -25.0
    codes = np.zeros((1, 40))
    joint, _ = aggregate_log_densities(codes, np.array([0]), mean, log_variance, 2)
    # Half of the neighbour's density at its own mean; the rest is nothing beside it.
    by_hand = 40 * (12.5 - 0.5 * np.log(2 * np.pi)) - np.log(2)
    np.testing.assert_allclose(joint, by_hand, rtol=1e-12)
    assert not recwarn


def test_progress_reaches_its_end():
    calls = []
    aggregate_log_densities(
        *some_posteriors(count=5, draws=3), 5, lambda *call: calls.append(call)
    )
    assert calls == [(1, 3), (2, 3), (3, 3)]  # the joint density and two marginals


def test_log_density_of_a_normal():
    expected = norm.logpdf([[0.3, -2.0]], [[1.0, 0.0]], [[0.5, 2.0]])
    log_variance = 2 * np.log([[0.5, 2.0]])
    values = log_normal(np.array([[0.3, -2.0]]), np.array([[1.0, 0.0]]), log_variance)
    np.testing.assert_allclose(values, expected, rtol=1e-12)
