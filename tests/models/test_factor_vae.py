import random
import re

import keras
import numpy as np
import pytest
from component_contracts import assert_is_the_plain_vae, assert_model_contract
from small_model import small_images, small_model_of, small_networks

import keras_bvae as kb
from keras_bvae.models.two_players import mlp_discriminator


def test_the_default_has_the_papers_six_layers_of_1000():
    network = mlp_discriminator()
    dense = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)]
    slopes = [layer.negative_slope for layer in network.layers if layer not in dense]
    assert [layer.units for layer in dense] == [1000] * 6 + [2]
    assert slopes == [0.2] * 6
    assert {layer.activation.__name__ for layer in dense} == {"linear"}
    # By hand: 10 codes to the first layer, five between the six, and two logits
    network.build((None, 10))
    assert network.count_params() == 11 * 1000 + 5 * 1001 * 1000 + 1001 * 2


def test_it_is_dense_layers_with_leaky_relu_and_two_logits():
    network = mlp_discriminator(units=4, depth=2, slope=0.1)
    codes = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    logits = keras.ops.convert_to_numpy(network(codes))
    assert logits.shape == (5, 2)
    kernels = [w for w in network.get_weights() if w.ndim == 2]
    expected = codes
    for kernel in kernels[:-1]:
        expected = expected @ kernel
        expected = np.where(expected > 0, expected, 0.1 * expected)
    np.testing.assert_allclose(logits, expected @ kernels[-1], rtol=1e-5, atol=1e-6)


def test_it_survives_a_round_trip_through_its_config():
    network = mlp_discriminator(units=4, depth=3, slope=0.3)
    network.build((None, 2))
    record = keras.saving.serialize_keras_object(network)
    restored = keras.saving.deserialize_keras_object(record)
    assert [w.shape for w in restored.weights] == [w.shape for w in network.weights]
    assert restored.layers[1].negative_slope == 0.3


def small_factor_vae(**kwargs):
    kwargs.setdefault("discriminator", mlp_discriminator(units=16, depth=2))
    return small_model_of(kb.FactorVAE, **kwargs)


def test_factor_vae_keeps_its_contract(tmp_path, monkeypatch):
    assert_model_contract(small_factor_vae(), tmp_path, monkeypatch)


def test_gamma_0_is_the_vae(monkeypatch):
    model = small_factor_vae(gamma=0.0)
    assert_is_the_plain_vae(model, small_images(16), monkeypatch)


def test_the_loss_is_made_of_the_logged_terms():
    model = small_factor_vae(gamma=35.0)
    logs = model.evaluate(small_images(16), batch_size=16, verbose=0, return_dict=True)
    expected = logs["reconstruction"] + logs["kl"] + 35 * logs["total_correlation"]
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-4)
    # An untrained discriminator cannot tell: log 2.
    np.testing.assert_allclose(logs["discriminator"], np.log(2), atol=0.1)


def test_the_discriminator_learns_the_total_correlation_of_a_gaussian():
    """Codes with correlation 0.9: TC = -½ log(1 - 0.9²)."""
    rng = np.random.default_rng(0)
    codes = rng.multivariate_normal([0, 0], [[1, 0.9], [0.9, 1]], 2048)
    # The two pixels of an image carry the codes; the networks only read them off.
    images = np.clip(codes / 10 + 0.5, 0, 1).reshape(-1, 1, 2, 1).astype("float32")
    random.seed(1)  # Keras draws the seeds of initial weights from it
    model = kb.FactorVAE(
        *reading_networks(), discriminator=mlp_discriminator(units=16, depth=2), seed=0
    )
    model.compile(
        keras.optimizers.SGD(0.0), discriminator_optimizer=keras.optimizers.Adam(2e-2)
    )
    history = model.fit(
        images, batch_size=256, epochs=30, shuffle=False, verbose=0
    ).history
    exact = -0.5 * np.log(1 - 0.9**2)
    # Each epoch ends somewhere else, by 0.1 nats; the mean of ten was between 0.80 and
    # 0.83 for five seeds.
    found = np.mean(history["total_correlation"][-10:])
    np.testing.assert_allclose(found, exact, rtol=0.15)
    assert np.mean(history["discriminator"][-10:]) < np.log(2) - 0.1


def reading_networks():
    """mean = 10 (pixels - 0.5), a posterior of nearly no width."""
    images = keras.Input((1, 2, 1))
    flat = keras.layers.Flatten()(images)
    mean = keras.layers.Dense(2, kernel_initializer=keras.initializers.Identity(10.0))
    spread = keras.layers.Dense(2, kernel_initializer="zeros")
    encoder = keras.Model(images, [mean(flat), spread(flat)])
    mean.bias.assign([-5.0, -5.0])
    spread.bias.assign([-12.0, -12.0])
    codes = keras.Input((2,))
    pixels = keras.layers.Reshape((1, 2, 1))(keras.layers.Dense(2)(codes))
    return encoder, keras.Model(codes, pixels)


def test_the_discriminators_regularizer_is_no_cost_of_the_autoencoder():
    punished = keras.layers.Dense(2, kernel_regularizer=keras.regularizers.L2(100.0))
    model = small_factor_vae(gamma=2.0, discriminator=keras.Sequential([punished]))
    before = np.abs(punished.kernel.numpy()).sum()
    logs = model.evaluate(small_images(16), batch_size=16, verbose=0, return_dict=True)
    expected = logs["reconstruction"] + logs["kl"] + 2 * logs["total_correlation"]
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-4)
    assert punished.losses[0] > 1
    model.fit(small_images(32), batch_size=16, epochs=5, verbose=0)
    # Adam's ten steps of 1e-4 all point to 0.
    shrunk = before - np.abs(punished.kernel.numpy()).sum()
    assert shrunk > 0.5 * 10 * 1e-4 * punished.kernel.shape[0] * 2


def test_a_permutation_needs_two_images():
    with pytest.raises(ValueError, match="received batch_size=1"):
        small_factor_vae().fit(small_images(4), batch_size=1, verbose=0)


def test_gamma_must_not_be_negative():
    with pytest.raises(ValueError, match=re.escape("received gamma=-1.0")):
        kb.FactorVAE(*small_networks(), gamma=-1.0)
