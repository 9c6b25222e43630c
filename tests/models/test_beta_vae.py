import re

import keras
import numpy as np
import pytest
from component_contracts import assert_is_the_plain_vae, assert_model_contract
from scipy import stats
from small_model import (
    SuppliedNoise,
    small_images,
    small_model,
    small_model_of,
    small_networks,
)

import keras_bvae as kb

# ---- β-VAE ---------------------------------------------------------------------


def numpy_elbo(model, images, noise, beta):
    """The paper's formula in float64, from the networks' own outputs."""
    pixels = images / 255.0
    mean, log_variance = (v.astype("float64") for v in model.encode(images))
    codes = mean + np.exp(log_variance / 2) * noise
    logits = keras.ops.convert_to_numpy(model.decoder(codes.astype("float32")))
    log_odds = logits.astype("float64")
    probability = 1 / (1 + np.exp(-log_odds))
    log_likelihood = pixels * np.log(probability) + (1 - pixels) * np.log1p(
        -probability
    )
    reconstruction = -log_likelihood.sum((1, 2, 3)).mean()
    kl = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).mean(0)
    return reconstruction + beta * kl.sum(), reconstruction, kl


def test_beta_vae_keeps_its_contract(tmp_path, monkeypatch):
    assert_model_contract(small_model(), tmp_path, monkeypatch)


@pytest.mark.parametrize("beta", [0.0, 1.0, 4.0])
def test_logs_are_the_papers_formula_in_nats(beta, monkeypatch):
    images = small_images(16)
    noise = np.random.default_rng(0).normal(size=(16, 3))
    model = small_model(beta=beta)
    loss, reconstruction, kl = numpy_elbo(model, images, noise, beta)
    monkeypatch.setattr(keras.random, "normal", SuppliedNoise(noise))
    logs = model.evaluate(images, batch_size=16, verbose=0, return_dict=True)
    np.testing.assert_allclose(logs["loss"], loss, rtol=1e-5)
    np.testing.assert_allclose(logs["reconstruction"], reconstruction, rtol=1e-5)
    np.testing.assert_allclose(logs["kl"], kl.sum(), rtol=1e-5)
    np.testing.assert_allclose([logs[f"kl_{i}"] for i in range(3)], kl, rtol=1e-4)


def test_beta_1_is_the_exact_log_evidence_of_a_linear_gaussian_model(monkeypatch):
    """With the true posterior the ELBO is log p(x), known in closed form.

    p(z) = N(0, 1) and p(x|z) = N(W z + b, σ²I): p(x) = N(b, W Wᵀ + σ²I). The
    expectation over z is exact too: Gauss-Hermite nodes stand in for the noise.
    """
    rng = np.random.default_rng(3)
    shape, scale = (2, 3, 1), 0.4
    weights, offset = rng.normal(0, 0.3, 6), rng.uniform(0.3, 0.7, 6)
    variance = 1 / (1 + weights @ weights / scale**2)
    gain = variance * weights / scale**2
    encoder, decoder = linear_networks(shape, weights, offset, gain, variance)
    model = kb.BetaVAE(
        encoder, decoder, beta=1.0, likelihood="gaussian", gaussian_scale=scale
    )
    model.compile("sgd")
    image = rng.uniform(0, 1, (1, *shape)).astype("float32")
    evidence = stats.multivariate_normal(
        offset, np.outer(weights, weights) + scale**2 * np.eye(6)
    ).logpdf(image.ravel())
    nodes, node_weights = np.polynomial.hermite_e.hermegauss(8)
    monkeypatch.setattr(keras.random, "normal", SuppliedNoise(nodes[:, None]))
    logs = model.evaluate(
        np.repeat(image, 8, axis=0),
        sample_weight=8 * node_weights / node_weights.sum(),
        batch_size=8,
        verbose=0,
        return_dict=True,
    )
    np.testing.assert_allclose(-logs["loss"], evidence, rtol=1e-5)


def linear_networks(shape, weights, offset, gain, variance):
    images = keras.Input(shape)
    flat = keras.layers.Flatten()(images)
    mean, log_variance = keras.layers.Dense(1), keras.layers.Dense(1)
    encoder = keras.Model(images, [mean(flat), log_variance(flat)])
    mean.set_weights([gain[:, None], np.array([-gain @ offset])])
    log_variance.set_weights([np.zeros((6, 1)), np.array([np.log(variance)])])
    codes = keras.Input((1,))
    pixels = keras.layers.Dense(6)
    decoder = keras.Model(codes, keras.layers.Reshape(shape)(pixels(codes)))
    pixels.set_weights([weights[None], offset])
    return encoder, decoder


def test_beta_moves_in_the_middle_of_training_without_recompiling():
    images = small_images(8)
    model = small_model(beta=1.0)
    model.train_on_batch(images)
    model.beta = 100.0
    logs = model.train_on_batch(images, return_dict=True)
    model.reset_metrics()
    logs = model.test_on_batch(images, return_dict=True)
    expected = logs["reconstruction"] + 100 * logs["kl"]
    np.testing.assert_allclose(float(logs["loss"]), float(expected), rtol=1e-5)


def test_a_higher_beta_leaves_less_information_in_the_code():
    kl = {}
    sixty_times = np.tile(small_images(64), (60, 1, 1, 1))
    for beta in (0.1, 10.0):
        model = small_model(beta=beta)
        model.fit(sixty_times, batch_size=32, shuffle=False, verbose=0)
        kl[beta] = model.evaluate(small_images(64), verbose=0, return_dict=True)["kl"]
    assert kl[10.0] < 0.5 * kl[0.1]


def test_training_lowers_the_loss_far_below_that_of_the_pixel_frequencies():
    images = small_images(64)
    model = small_model(beta=1.0)
    # 80 passes, of which the last ten are one epoch: epochs cost more than steps.
    ten_times = np.tile(images, (10, 1, 1, 1))
    history = model.fit(
        ten_times, batch_size=16, epochs=8, shuffle=False, verbose=0
    ).history
    frequency = (images / 255.0).mean(0).clip(1e-6, 1 - 1e-6)
    entropy = -(frequency * np.log(frequency) + (1 - frequency) * np.log1p(-frequency))
    assert history["loss"][-1] < 0.75 * entropy.sum()


@pytest.mark.parametrize("beta", [-1, float("nan"), float("inf"), "4", True])
def test_beta_must_be_finite_and_not_negative(beta):
    with pytest.raises(ValueError, match=re.escape(f"received beta={beta!r}")):
        kb.BetaVAE(*small_networks(), beta=beta)


def test_config_keeps_beta_to_the_digit():
    assert small_model(beta=0.1).get_config()["beta"] == 0.1


# ---- annealed VAE --------------------------------------------------------------


def test_annealed_vae_keeps_its_contract(tmp_path, monkeypatch):
    model = small_model_of(kb.AnnealedVAE, gamma=10.0, capacity=2.0)
    assert_model_contract(model, tmp_path, monkeypatch)


def test_gamma_1_and_capacity_0_is_the_vae(monkeypatch):
    model = small_model_of(kb.AnnealedVAE, gamma=1.0, capacity=0.0)
    assert_is_the_plain_vae(model, small_images(16), monkeypatch)


def test_the_kl_is_averaged_before_the_absolute_value():
    model = small_model_of(kb.AnnealedVAE, gamma=3.0, capacity=0.0)
    images = small_images(16)
    mean, log_variance = (v.astype("float64") for v in model.encode(images))
    kl = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(1)
    # Between the images' values, so that averaging afterwards would give another gap.
    capacity = kl.mean() + 0.1 * kl.std()
    model.capacity = capacity
    logs = model.evaluate(images, batch_size=16, verbose=0, return_dict=True)
    np.testing.assert_allclose(logs["capacity_gap"], 0.1 * kl.std(), rtol=1e-3)
    expected = logs["reconstruction"] + 3 * logs["capacity_gap"]
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-5)


def test_the_kl_settles_at_the_capacity():
    images = np.tile(small_images(64), (10, 1, 1, 1))
    model = small_model_of(
        kb.AnnealedVAE,
        keras.optimizers.Adam(3e-3),
        gamma=100.0,
        capacity=kb.schedules.Linear(0.0, 3.0, 40),
    )
    # In a fixed order, for Keras shuffles arrays without a seed; and over five epochs,
    # for Adam's steps move the KL to and fro by a few hundredths.
    run = model.fit(images, batch_size=64, epochs=15, shuffle=False, verbose=0)
    np.testing.assert_allclose(np.mean(run.history["kl"][-5:]), 3.0, atol=0.1)


def test_the_default_is_the_papers_line():
    model = small_model_of(kb.AnnealedVAE)
    schedule = kb.models.strengths_of(kb.AnnealedVAE)["capacity"].schedule_of(model)
    values = [float(keras.ops.convert_to_numpy(schedule(s))) for s in (0, 50_000, 2e5)]
    assert values == [0.0, 12.5, 25.0]
    assert float(keras.ops.convert_to_numpy(model.gamma)) == 1000.0


@pytest.mark.parametrize("bad", [{"gamma": -1.0}, {"capacity": -0.5}])
def test_negative_strengths_of_the_annealed_vae_are_named(bad):
    ((name, value),) = bad.items()
    with pytest.raises(ValueError, match=re.escape(f"received {name}={value}")):
        kb.AnnealedVAE(*small_networks(), **bad)
