import re

import numpy as np
import pytest
from keras import ops
from scipy import special, stats

from keras_bvae.losses import (
    bernoulli_reconstruction,
    categorical_reconstruction,
    gaussian_reconstruction,
)


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
    for arguments in ({"scale": scale}, {"log_scale": np.float32(np.log(scale))}):
        value = ops.convert_to_numpy(
            gaussian_reconstruction(images, means, **arguments)
        )
        np.testing.assert_allclose(value, -log_density.sum((1, 2, 3)), rtol=1e-5)


@pytest.mark.parametrize("shape", [(4, 3), (4, 5, 3), (4, 2, 2, 2, 3)])
def test_categorical_term_equals_scipys_log_probability(shape):
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, shape).astype("float32")
    classes = np.eye(3, dtype="float32")[rng.integers(0, 3, shape[:-1])]
    log_pmf = stats.multinomial.logpmf(
        classes, 1, special.softmax(logits.astype("float64"), axis=-1)
    )
    expected = -log_pmf.reshape(4, -1).sum(axis=1)
    value = ops.convert_to_numpy(categorical_reconstruction(classes, logits))
    np.testing.assert_allclose(value, expected, rtol=1e-5)
    # Of probabilities it is the cross-entropy; of huge logits it has an end.
    even = np.full(shape, 1 / 3, "float32")
    value = categorical_reconstruction(even, np.zeros(shape, "float32"))
    rows = np.prod(shape[1:-1])
    np.testing.assert_allclose(ops.convert_to_numpy(value), rows * np.log(3), rtol=1e-5)
    far = categorical_reconstruction(np.eye(2), 200 * (1 - np.eye(2)))
    np.testing.assert_allclose(ops.convert_to_numpy(far), [200, 200], rtol=1e-6)


@pytest.mark.parametrize(
    "term",
    [bernoulli_reconstruction, categorical_reconstruction, gaussian_reconstruction],
)
def test_terms_report_both_shapes(term):
    with pytest.raises(ValueError, match=re.escape(".shape=(1, 4, 4, 1)")):
        term(np.zeros((1, 4, 4, 1)), np.zeros((1, 4, 4, 3)))
