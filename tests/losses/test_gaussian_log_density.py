import numpy as np
from formula_contracts import assert_gradients, assert_values, evaluated
from scipy import stats

from keras_bvae.losses import gaussian_log_density

rng = np.random.default_rng(0)
CODES, MEAN, LOG_VARIANCE = rng.normal(0, 1.5, (3, 4, 3)).astype("float32")


def log_density_by_scipy(codes, mean, log_variance):
    return stats.norm.logpdf(codes, mean, np.exp(0.5 * log_variance))


def test_log_density_equals_scipys():
    assert_values(
        gaussian_log_density, log_density_by_scipy, [CODES, MEAN, LOG_VARIANCE]
    )


def test_log_density_of_every_code_under_every_posterior():
    value = evaluated(
        gaussian_log_density, CODES[:, None], MEAN[None], LOG_VARIANCE[None]
    )
    assert value.shape == (4, 4, 3)
    for i in range(4):
        for j in range(4):
            expected = log_density_by_scipy(
                *map(np.float64, (CODES[i], MEAN[j], LOG_VARIANCE[j]))
            )
            np.testing.assert_allclose(value[i, j], expected, rtol=1e-5)


def test_log_density_of_a_unit_gaussian_at_its_centre():
    value = evaluated(gaussian_log_density, *np.zeros((3, 1, 1), "float32"))
    # By hand: -log(2π) / 2
    np.testing.assert_allclose(value, [[-0.9189385]], rtol=1e-6)


def test_gradient_of_the_log_density():
    assert_gradients(
        gaussian_log_density, log_density_by_scipy, [CODES, MEAN, LOG_VARIANCE]
    )
