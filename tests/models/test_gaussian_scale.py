import random
import re

import keras
import numpy as np
import pytest
from component_contracts import assert_model_contract
from keras import ops
from scipy import stats
from small_model import SuppliedNoise, small_images, small_model_of, small_networks

import keras_bvae as kb
from keras_bvae.models.checkpoint import load_checkpoint
from keras_bvae.models.two_players import mlp_discriminator
from keras_bvae.networks.making import layers_in

BOTH = pytest.mark.parametrize("scale", ["learned", "optimal"])


def gaussian_model(scale, kind=kb.BetaVAE, **kwargs):
    if kind is kb.FactorVAE:
        kwargs["discriminator"] = mlp_discriminator(units=16, depth=1)
    return small_model_of(kind, likelihood="gaussian", gaussian_scale=scale, **kwargs)


def linear_model(columns, latent_dim, **kwargs):
    """A linear encoder and decoder of tables."""
    random.seed(1)
    x, codes = keras.Input((columns,)), keras.Input((latent_dim,))
    mean = keras.layers.Dense(latent_dim)(x)
    # The same variance for all, as the best one is.
    log_variance = keras.layers.Dense(latent_dim, kernel_initializer="zeros")(x)
    output = keras.layers.Dense(columns)(codes)
    model = kb.BetaVAE(
        keras.Model(x, [mean, log_variance]),
        keras.Model(codes, output),
        likelihood="gaussian",
        seed=0,
        **kwargs,
    )
    model.compile("adam")
    return model


def floored(log_scale):
    """The paper's soft floor, in NumPy."""
    return -6 + np.log1p(np.exp(log_scale + 6))


def terms_of_a_batch(model, images, training=True):
    terms = model.elbo_terms(ops.convert_to_tensor(images), training=training)
    output, nats = map(ops.convert_to_numpy, (terms.output, terms.reconstruction))
    return images / 255 - output, nats


@BOTH
def test_it_comes_to_that_of_known_data(scale):
    """Two factors and noise: PPCA says which σ is the most likely one.

    Of a linear VAE too: Lucas et al. 2019 (arXiv:1911.02469).
    """
    rng = np.random.default_rng(0)
    loadings = rng.normal(size=(2, 6))
    table = rng.normal(size=(2000, 2)) @ loadings + 0.3 * rng.normal(size=(2000, 6))
    least = np.linalg.eigvalsh(np.cov(table.T, bias=True))[:4]
    model = linear_model(6, 2, gaussian_scale=scale)
    for rate, epochs in ((0.05, 25), (0.005, 15)):
        model.optimizer.learning_rate = rate
        model.fit(table, batch_size=200, epochs=epochs, verbose=0)
    # Batches of 200 let it waver.
    assert model.current_scale == pytest.approx(np.sqrt(least.mean()), rel=0.03)


@pytest.mark.parametrize("log_scale", [0.0, -2.0, 1.5, -100.0])
def test_a_learned_one_gives_scipys_log_density(log_scale):
    model = gaussian_model("learned")
    model._moving_scale.weight.assign(log_scale)
    scale = np.exp(floored(log_scale))
    assert model.current_scale == pytest.approx(scale, rel=1e-5)
    errors, nats = terms_of_a_batch(model, small_images(4))
    expected = -stats.norm(0, scale).logpdf(errors).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(nats, expected, rtol=1e-5)


def test_an_optimal_one_is_that_of_the_batch_and_later_a_running_mean():
    model = gaussian_model("optimal")
    scales = []
    for step, seed in ((1, 0), (2, 1), (200, 2)):
        model.step.assign(step)
        errors, nats = terms_of_a_batch(model, small_images(4, seed))
        scale = np.exp(floored(np.log(np.sqrt(np.mean(errors**2)))))
        expected = -stats.norm(0, scale).logpdf(errors).sum(axis=(1, 2, 3))
        np.testing.assert_allclose(nats, expected, rtol=1e-5)
        scales.append(np.mean(errors**2))
    running = scales[0]
    for rate, value in ((2 / 3, scales[1]), (1 / 50, scales[2])):
        running += rate * (value - running)
    expected = np.exp(floored(0.5 * np.log(running)))
    assert model.current_scale == pytest.approx(expected, rel=1e-5)
    # Evaluation takes it, and leaves it.
    errors, nats = terms_of_a_batch(model, small_images(4), training=False)
    density = -stats.norm(0, expected).logpdf(errors).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(nats, density, rtol=1e-5)
    images, codes = small_images(1), np.zeros((1, 3))
    errors = images / 255 - ops.convert_to_numpy(model.decoder_output(codes))
    density = stats.norm(0, expected).logpdf(errors).sum()
    assert model.log_likelihood(images, codes) == pytest.approx(density, rel=1e-5)
    assert model.current_scale == pytest.approx(expected, rel=1e-6)
    # So does training on one image, which moves it first.
    errors, nats = terms_of_a_batch(model, images)
    assert model.current_scale != pytest.approx(expected, rel=1e-4)
    density = -stats.norm(0, model.current_scale).logpdf(errors).sum()
    assert nats[0] == pytest.approx(density, rel=1e-5)


def test_data_that_are_met_exactly_are_no_end():
    model = gaussian_model("optimal")
    image = ops.convert_to_tensor(np.full((2, 8, 8, 1), 0.5, "float32"))
    nats = model._reconstruction_of_batch(image, image, training=True)
    expected = 64 * (floored(np.log(1e-6)) + 0.5 * np.log(2 * np.pi))
    np.testing.assert_allclose(ops.convert_to_numpy(nats), expected, rtol=1e-5)
    history = model.fit(np.zeros((32, 8, 8, 1), "uint8"), epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()


@pytest.mark.parametrize(
    ("scale", "kind"), [("optimal", kb.BetaVAE), ("learned", kb.FactorVAE)]
)
def test_the_model_contract(scale, kind, tmp_path, monkeypatch):
    model = gaussian_model(scale, kind)
    assert_model_contract(model, tmp_path, monkeypatch)
    model.save(tmp_path / "m.keras")
    loaded = load_checkpoint(tmp_path / "m.keras")
    assert loaded.gaussian_scale == scale
    assert loaded.current_scale == model.current_scale != 1


def test_it_is_the_autoencoders_not_the_discriminators():
    model = gaussian_model("learned", kb.FactorVAE)
    weight = model._moving_scale.weight
    names = [v.name for v in model.autoencoder_variables]
    assert names.count("log_scale") == 1
    before = float(weight)
    model.fit(small_images(), verbose=0)
    # One step of Adam, of the learning rate's size, towards less.
    assert float(weight) == pytest.approx(before - 1e-2, rel=1e-3)


@BOTH
def test_it_is_logged(scale):
    model = gaussian_model(scale)
    images = small_images(64)
    history = model.fit(images, validation_data=images, epochs=2, verbose=0).history
    assert history["gaussian_scale"][1] < history["gaussian_scale"][0] < 1.01
    assert history["val_gaussian_scale"][1] == pytest.approx(
        model.current_scale, rel=1e-5
    )


def test_a_number_is_as_it_was(monkeypatch):
    noise = np.zeros((16, 3))
    monkeypatch.setattr(keras.random, "normal", SuppliedNoise(noise))
    model = gaussian_model(0.5)
    assert [w.name for w in model.weights if w in model._trainable_variables] == []
    assert "gaussian_scale" not in model.evaluate(
        small_images(16), batch_size=16, verbose=0, return_dict=True
    )
    assert model.current_scale == model.get_config()["gaussian_scale"] == 0.5
    assert kb.BetaVAE(*small_networks()).current_scale is None


@pytest.mark.parametrize(
    ("scale", "policy"), [("learned", "mixed_float16"), ("optimal", "mixed_bfloat16")]
)
def test_it_moves_in_float32_in_any_precision(scale, policy):
    with layers_in(policy):
        model = gaussian_model(scale)
    assert model._moving_scale.weight.dtype == "float32"
    history = model.fit(small_images(64), epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    assert model.current_scale < 0.999


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"gaussian_scale": "Learned"}, "or 'optimal'; received gaussian_scale='L"),
        ({"gaussian_scale": True}, "gaussian_scale=True"),
        ({"gaussian_scale": None}, "gaussian_scale=None"),
        ({"gaussian_scale": [1.0]}, "gaussian_scale=[1.0]"),
        ({"gaussian_scale": float("inf")}, "gaussian_scale=inf"),
        (
            {"gaussian_scale": "learned", "likelihood": "bernoulli"},
            "received it with likelihood='bernoulli'",
        ),
    ],
)
def test_what_is_no_scale_is_refused(arguments, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        kb.BetaVAE(*small_networks(), **{"likelihood": "gaussian", **arguments})
