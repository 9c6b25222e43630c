import dataclasses
import itertools
import json
import re

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import norm

from keras_bvae.metrics.scores.importance_weighted_bound import (
    importance_weighted_bound,
    log_mean_exp,
)

pytestmark = pytest.mark.filterwarnings("error")

# x = 2 z + 0.5 noise, z ~ N(0, 1): p(x) and p(z|x) are normal, by completing squares.
SLOPE, SPREAD = 2.0, 0.5
POSTERIOR_VARIANCE = 1 / (1 + SLOPE**2 / SPREAD**2)


def images(count=400):
    return np.random.default_rng(0).normal(scale=np.hypot(SLOPE, SPREAD), size=count)


def log_likelihood(x):
    return norm.logpdf(x, scale=np.hypot(SLOPE, SPREAD))


def log_weights(x, samples, shift=0.0, widening=1.0, seed=1):
    """Of draws from the exact posterior, or from one that is shifted or widened."""
    mean = POSTERIOR_VARIANCE * SLOPE * x / SPREAD**2 + shift
    scale = np.sqrt(POSTERIOR_VARIANCE) * widening
    noise = np.random.default_rng(seed).normal(size=(samples, len(x)))
    z = mean + scale * noise
    joint = norm.logpdf(z) + norm.logpdf(x, SLOPE * z, SPREAD)
    return joint - norm.logpdf(z, mean, scale)


def test_the_exact_posterior_gives_log_p_with_any_number_of_samples():
    x = images()
    for samples in (1, 7):
        record = importance_weighted_bound(log_weights(x, samples))
        expected = log_likelihood(x).mean()
        assert record.bound == pytest.approx(expected, rel=1e-10)
        assert record.elbo == pytest.approx(expected, rel=1e-10)
        assert record.effective_sample_share == pytest.approx(1, rel=1e-9)
        spread = log_likelihood(x).std(ddof=1) / np.sqrt(len(x))
        assert record.standard_error["bound"] == pytest.approx(spread)


def test_the_bound_rises_with_samples_towards_log_p():
    x = images(3000)
    weights = log_weights(x, 300, shift=0.15, widening=2.0)
    gaps = [log_likelihood(x) - log_mean_exp(weights[:k]) for k in (1, 5, 50, 300)]
    errors = [gap.std(ddof=1) / np.sqrt(len(x)) for gap in gaps]
    missing = [
        log_likelihood(x).mean() - importance_weighted_bound(weights[:k]).bound
        for k in (1, 5, 50, 300)
    ]
    # KL of q from the posterior, by the formula for two normals: what the ELBO lacks.
    kl = 0.5 * (2**2 + 0.15**2 / POSTERIOR_VARIANCE - 1) - np.log(2)
    assert missing[0] == pytest.approx(kl, abs=4 * errors[0])
    for (fewer, more), error in zip(
        itertools.pairwise(missing[:3]), errors[1:], strict=False
    ):
        assert fewer - more > 2 * error
    # Never above, within the noise.
    assert all(gap > -4 * error for gap, error in zip(missing, errors, strict=True))
    assert missing[-1] == pytest.approx(0, abs=0.005)


def test_the_elbo_is_the_mean_and_the_bound_of_one_sample():
    weights = log_weights(images(), 30, widening=2.0)
    record = importance_weighted_bound(weights)
    assert record.elbo == pytest.approx(weights.mean())
    assert record.elbo < record.bound
    single = importance_weighted_bound(weights[:1])
    assert single.elbo == single.bound
    assert single.standard_error["elbo"] == single.standard_error["bound"]


def test_effective_samples_by_hand():
    # Weights 1, 1, 2: 16 / (3 · 6). Weights 5, 0, 0 but for 1e-300: 1 / 3.
    weights = np.log([[1.0, 5.0], [1.0, 1e-300], [2.0, 1e-300]])
    record = importance_weighted_bound(weights)
    assert record.effective_sample_share == pytest.approx((16 / 18 + 1 / 3) / 2)
    assert (record.samples, record.images) == (3, 2)
    # Means of the weights 4/3 and 5/3; each alone is the bound of its image.
    assert record.bound == pytest.approx((np.log(4 / 3) + np.log(5 / 3)) / 2)


def test_images_of_hundreds_of_nats_do_not_underflow():
    weights = log_weights(images(), 10, widening=1.5)
    low, high = (importance_weighted_bound(weights + shift) for shift in (-5e4, 5e4))
    assert high.bound - low.bound == pytest.approx(1e5)
    assert high.effective_sample_share == pytest.approx(
        low.effective_sample_share, rel=1e-6
    )


def test_the_record_is_plain_and_frozen():
    record = importance_weighted_bound(np.float32([[0.0, -1.0], [-2.0, 0.5]]))
    assert json.loads(json.dumps(record.as_dict()))["images"] == 2
    with pytest.raises(dataclasses.FrozenInstanceError, match="bound"):
        record.bound = 0.0


# ---- log_mean_exp ----------------------------------------------------------------


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_log_mean_exp_is_that_of_scipy(axis):
    values = np.random.default_rng(0).normal(scale=500, size=(6, 5, 4))
    values[0, 0, 0] = -np.inf
    expected = logsumexp(values, axis=axis) - np.log(values.shape[axis])
    np.testing.assert_allclose(log_mean_exp(values, axis), expected, rtol=1e-13)


def test_chunks_of_equal_length_combine():
    values = log_weights(images(50), 60, widening=2.0)
    chunks = np.stack([log_mean_exp(chunk) for chunk in np.split(values, 5)])
    np.testing.assert_allclose(log_mean_exp(chunks), log_mean_exp(values), rtol=1e-12)


def test_log_mean_exp_of_infinities():
    inf = np.inf
    values = np.array([[-inf, -inf, 1.0, np.nan], [-inf, 0.0, inf, 0.0]])
    expected = [-inf, -np.log(2), inf, np.nan]
    np.testing.assert_allclose(log_mean_exp(values), expected)


def test_log_mean_exp_of_nothing_is_refused():
    with pytest.raises(ValueError, match=re.escape("shape (0, 3) with axis=0")):
        log_mean_exp(np.zeros((0, 3)))


# ---- bad input -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.zeros(5), "received shape (5,)"),
        (np.zeros((0, 5)), "received shape (0, 5)"),
        (np.zeros((5, 1)), "received shape (5, 1). For one image use log_mean_exp"),
        ([["a", "b"]], "`log_weights` must be numbers"),
        ([[0.0, np.nan, 1.0]], "received NaN or infinity for 1 of 3 images"),
        ([[0.0, -np.inf], [np.inf, 0.0]], "received NaN or infinity for 2 of 2 images"),
    ],
)
def test_bad_weights_are_refused(weights, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        importance_weighted_bound(weights)
