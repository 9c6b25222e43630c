import re

import numpy as np
import pytest
from keras import ops
from scipy import integrate, stats

from keras_bvae.losses import gaussian_kl_divergence


def test_kl_of_unit_shift_and_doubled_spread():
    kl = gaussian_kl_divergence(np.float32([[1.0]]), np.log(np.float32([[4.0]])))
    # By hand: (1² + 4 - 1 - ln 4) / 2
    np.testing.assert_allclose(ops.convert_to_numpy(kl), [[1.306853]], rtol=1e-6)


def test_kl_equals_numerical_integration():
    mean, variance = -0.7, 0.3
    posterior, prior = stats.norm(mean, variance**0.5), stats.norm()

    def integrand(z):
        return posterior.pdf(z) * (posterior.logpdf(z) - prior.logpdf(z))

    expected, _ = integrate.quad(integrand, -10, 10)
    kl = gaussian_kl_divergence(np.float32([[mean]]), np.log(np.float32([[variance]])))
    np.testing.assert_allclose(ops.convert_to_numpy(kl), [[expected]], rtol=1e-5)


def test_kl_of_the_prior_is_zero_and_near_it_keeps_its_digits():
    log_variance = np.float32([[0.0, 1e-3]])
    mean = np.zeros((1, 2), "float32")
    kl = ops.convert_to_numpy(gaussian_kl_divergence(mean, log_variance))
    assert kl[0, 0] == 0
    # Series: (e^v - 1 - v) / 2 = v²/4 + v³/12; float32's exp would lose four digits,
    # expm1 loses what the final subtraction must.
    np.testing.assert_allclose(kl[0, 1], 1e-6 / 4 + 1e-9 / 12, rtol=1e-3)


def test_kl_reports_both_shapes():
    received = "mean.shape=(2, 3), log_variance.shape=(2, 4)"
    with pytest.raises(ValueError, match=re.escape(received)):
        gaussian_kl_divergence(np.zeros((2, 3)), np.zeros((2, 4)))
