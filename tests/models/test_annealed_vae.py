import re

import keras
import numpy as np
import pytest
from component_contracts import assert_is_the_plain_vae, assert_model_contract
from small_model import small_images, small_model_of, small_networks

import keras_bvae as kb


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
def test_negative_strengths_are_named(bad):
    ((name, value),) = bad.items()
    with pytest.raises(ValueError, match=re.escape(f"received {name}={value}")):
        kb.AnnealedVAE(*small_networks(), **bad)
