import re

import numpy as np
import pytest
from keras import ops
from scipy import stats

from keras_bvae.losses import bernoulli_reconstruction, gaussian_reconstruction


def test_bernoulli_term_of_a_fair_coin_is_ln_2_a_pixel():
    images = np.float32([0, 1, 1, 0]).reshape(1, 2, 2, 1)
    value = bernoulli_reconstruction(images, np.zeros_like(images))
    np.testing.assert_allclose(ops.convert_to_numpy(value), [4 * np.log(2)], rtol=1e-6)


def test_bernoulli_term_equals_scipys_log_probability():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 2, (3, 4, 4, 3)).astype("float32")
    logits = rng.normal(0, 2, images.shape).astype("float32")
    log_pmf = stats.bernoulli.logpmf(
        images, 1 / (1 + np.exp(-logits.astype("float64")))
    )
    value = ops.convert_to_numpy(bernoulli_reconstruction(images, logits))
    np.testing.assert_allclose(value, -log_pmf.sum((1, 2, 3)), rtol=1e-5)


def test_bernoulli_term_stays_finite_at_huge_logits():
    images = np.float32([0, 1]).reshape(1, 1, 2, 1)
    logits = np.float32([200, -200]).reshape(1, 1, 2, 1)
    value = ops.convert_to_numpy(bernoulli_reconstruction(images, logits))
    # Both pixels are wrong with a log odds of 200 nats.
    np.testing.assert_allclose(value, [400.0], rtol=1e-6)


@pytest.mark.parametrize("scale", [1.0, 0.1])
def test_gaussian_term_equals_scipys_log_density(scale):
    rng = np.random.default_rng(0)
    images = rng.random((3, 4, 4, 3), dtype="float32")
    means = rng.random((3, 4, 4, 3), dtype="float32")
    log_density = stats.norm(means.astype("float64"), scale).logpdf(images)
    value = ops.convert_to_numpy(gaussian_reconstruction(images, means, scale))
    np.testing.assert_allclose(value, -log_density.sum((1, 2, 3)), rtol=1e-5)


@pytest.mark.parametrize("term", [bernoulli_reconstruction, gaussian_reconstruction])
def test_terms_report_both_shapes(term):
    with pytest.raises(ValueError, match=re.escape("images.shape=(1, 4, 4, 1)")):
        term(np.zeros((1, 4, 4, 1)), np.zeros((1, 4, 4, 3)))
