import keras
import numpy as np
import pytest
from scipy.stats import multivariate_normal
from small_model import small_images, small_networks

import keras_bvae as kb


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_pixels_go_in_and_come_out_between_0_and_1(likelihood):
    model = kb.BetaVAE(*small_networks(), likelihood=likelihood, seed=0)
    images = small_images()
    assert model.takes_pixels()
    seen = keras.ops.convert_to_numpy(model.network_input(images))
    np.testing.assert_allclose(seen, images / 255, rtol=1e-6)
    as_array = model._network_input_of_array(images)
    np.testing.assert_allclose(as_array, seen, rtol=1e-6)
    output = keras.ops.convert_to_tensor([-3.0, 0.5, 3.0])
    expected = keras.ops.convert_to_numpy(model.expected_image(output))
    assert expected.min() >= 0
    assert expected.max() <= 1


def test_numbers_of_a_table_are_no_pixels():
    model = kb.BetaVAE(*small_networks(), likelihood="gaussian")
    assert model.takes_pixels()
    assert not model.takes_pixels(axes=1)
    assert kb.BetaVAE(*small_networks()).takes_pixels(axes=1)


@pytest.mark.across_backends
def test_the_loss_of_a_linear_gaussian_table_is_its_known_log_density():
    """Tipping & Bishop 1999: x = W z + μ + noise; with the exact posterior the ELBO is
    log N(x; μ, W Wᵀ + scale² 1)."""
    rng = np.random.default_rng(0)
    columns, latents, scale = 5, 2, 0.7
    loadings = np.linalg.qr(rng.normal(size=(columns, latents)))[0] * [2.0, 1.2]
    table = (
        rng.normal(size=(40, latents)) @ loadings.T
        + scale * rng.normal(size=(40, columns))
    ) * 30 + 100  # in their own units
    own = kb.Standardization(np.full(columns, 100.0), np.full(columns, 30.0))
    x = keras.Input((columns,))
    heads = [keras.layers.Dense(latents)(x) for _ in range(2)]
    codes = keras.Input((latents,))
    decoder = keras.Model(codes, keras.layers.Dense(columns)(codes))
    encoder = keras.Model(x, heads)
    precision = loadings.T @ loadings + scale**2 * np.eye(latents)  # diagonal
    encoder.set_weights(
        [
            loadings @ np.linalg.inv(precision),
            np.zeros(latents),
            np.zeros((columns, latents)),
            np.log(scale**2 / np.diag(precision)),
        ]
    )
    decoder.set_weights([loadings.T, np.zeros(columns)])
    model = kb.BetaVAE(
        encoder,
        decoder,
        beta=1.0,
        likelihood="gaussian",
        gaussian_scale=scale,
        standardization=own,
        seed=0,
    )
    model.compile("adam")
    found = model.evaluate(
        np.repeat(table, 500, axis=0), batch_size=5000, verbose=0, return_dict=True
    )
    density = multivariate_normal(
        np.zeros(columns), loadings @ loadings.T + scale**2 * np.eye(columns)
    )
    known = -density.logpdf((table - 100) / 30).mean()
    assert found["loss"] == pytest.approx(known, abs=0.03)
    assert found["reconstruction"] + found["kl"] == pytest.approx(known, abs=0.03)
