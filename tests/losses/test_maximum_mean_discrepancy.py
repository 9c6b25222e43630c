import re

import numpy as np
import pytest
from formula_contracts import assert_gradients, assert_values, evaluated

from keras_bvae.losses import maximum_mean_discrepancy

rng = np.random.default_rng(0)
CODES = rng.normal(1, 1, (5, 3)).astype("float32")
PRIOR_CODES = rng.normal(0, 1, (5, 3)).astype("float32")
every_bandwidth = pytest.mark.parametrize("bandwidth", [None, 0.8, 3.0])


def discrepancy_by_loops(codes, prior_codes, bandwidth):
    scale = 2 * bandwidth**2 if bandwidth else codes.shape[1] ** 2

    def average_kernel(a, b):
        kernels = [np.exp(-sum((x - y) ** 2) / scale) for x in a for y in b]
        return sum(kernels) / len(kernels)

    own = average_kernel(codes, codes) + average_kernel(prior_codes, prior_codes)
    return own - 2 * average_kernel(codes, prior_codes)


@every_bandwidth
def test_discrepancy_equals_slow_loops_over_the_papers_formula(bandwidth):
    assert_values(
        lambda a, b: maximum_mean_discrepancy(a, b, bandwidth),
        lambda a, b: discrepancy_by_loops(a, b, bandwidth),
        [CODES, PRIOR_CODES],
        atol=5e-7,  # a difference of kernel averages up to 1
    )


@every_bandwidth
def test_gradient_of_the_discrepancy(bandwidth):
    assert_gradients(
        lambda a, b: maximum_mean_discrepancy(a, b, bandwidth),
        lambda a, b: discrepancy_by_loops(a, b, bandwidth),
        [CODES, PRIOR_CODES],
    )


def test_no_discrepancy_between_equal_sets_in_any_order():
    found = evaluated(maximum_mean_discrepancy, CODES, CODES[::-1].copy())
    np.testing.assert_allclose(found, 0, atol=5e-7)


def test_discrepancy_grows_with_the_shift_up_to_two_averages_within():
    values = [
        evaluated(maximum_mean_discrepancy, CODES, CODES + np.float32(shift))
        for shift in (0, 0.5, 1, 2, 100)
    ]
    assert values == sorted(values)
    # By hand: at 100 nothing is left of the kernel between the two sets.
    codes = np.float64(CODES)
    far = discrepancy_by_loops(codes, codes + 100, None)
    np.testing.assert_allclose(values[-1], far, rtol=1e-5)


def test_discrepancy_of_two_gaussians_is_near_its_closed_form():
    count, shift, bandwidth = 1000, 2.0, 1.5
    draws = np.random.default_rng(0).normal(size=(2, count, 2)).astype("float32")
    draws[0, :, 0] += shift
    # The difference of two points is N(shift, 2) in each latent, so the kernel averages
    # (σ² / (σ² + 2)) exp(-shift² / (2 (σ² + 2))) in two latents; a point beside itself
    # counts 1 instead.
    variance = bandwidth**2
    within = variance / (variance + 2)
    between = within * np.exp(-(shift**2) / (2 * (variance + 2)))
    expected = 2 * (within + (1 - within) / count) - 2 * between
    found = evaluated(lambda *x: maximum_mean_discrepancy(*x, bandwidth), *draws)
    # 1000 points each: over 20 seeds 3.6 % of scatter, which this is three times.
    np.testing.assert_allclose(found, expected, rtol=0.11)


@pytest.mark.parametrize("bandwidth", [0, -1.0, float("nan"), float("inf")])
def test_impossible_bandwidths_are_named(bandwidth):
    with pytest.raises(ValueError, match=re.escape(f"bandwidth={bandwidth!r}")):
        maximum_mean_discrepancy(CODES, PRIOR_CODES, bandwidth)


def test_discrepancy_reports_both_shapes():
    received = "codes.shape=(5, 3), prior_codes.shape=(5, 1)"
    with pytest.raises(ValueError, match=re.escape(received)):
        maximum_mean_discrepancy(CODES, PRIOR_CODES[:, :1])
