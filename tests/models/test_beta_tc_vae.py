import re

import numpy as np
import pytest
from component_contracts import assert_is_the_plain_vae, assert_model_contract
from small_model import small_images, small_model_of, small_networks

import keras_bvae as kb
from keras_bvae.losses import ESTIMATORS


def test_beta_tc_vae_keeps_its_contract(tmp_path, monkeypatch):
    assert_model_contract(small_model_of(kb.BetaTCVAE), tmp_path, monkeypatch)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_all_strengths_1_is_the_vae(estimator, monkeypatch):
    model = small_model_of(
        kb.BetaTCVAE, beta=1.0, dataset_size=1000, estimator=estimator
    )
    assert_is_the_plain_vae(model, small_images(16), monkeypatch)


def test_the_loss_is_made_of_the_logged_terms():
    model = small_model_of(
        kb.BetaTCVAE, beta=5.0, alpha=0.5, gamma=2.0, dataset_size=32
    )
    logs = model.evaluate(small_images(16), batch_size=16, verbose=0, return_dict=True)
    expected = (
        logs["reconstruction"]
        + logs["kl"]
        + (0.5 - 1) * logs["mutual_information"]
        + (5 - 1) * logs["total_correlation"]
        + (2 - 1) * logs["dimension_wise_kl"]
    )
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-5)


def test_the_three_terms_average_to_the_kl():
    """The KL in closed form is what the one-sample terms estimate."""
    images = small_images(64)
    model = small_model_of(kb.BetaTCVAE, dataset_size=64)
    runs = [
        model.evaluate(images, batch_size=64, verbose=0, return_dict=True)
        for _ in range(20)
    ]
    sums = [
        logs["mutual_information"]
        + logs["total_correlation"]
        + logs["dimension_wise_kl"]
        for logs in runs
    ]
    error = np.std(sums) / np.sqrt(len(sums))
    assert abs(np.mean(sums) - runs[0]["kl"]) < 4 * error


def test_a_density_needs_two_images():
    model = small_model_of(kb.BetaTCVAE)
    with pytest.raises(ValueError, match="received batch_size=1"):
        model.fit(small_images(4), batch_size=1, verbose=0)


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma"])
def test_negative_strengths_are_named(name):
    with pytest.raises(ValueError, match=re.escape(f"received {name}=-1.0")):
        kb.BetaTCVAE(*small_networks(), **{name: -1.0})


def test_an_unknown_estimator_is_named():
    with pytest.raises(ValueError, match="Did you mean 'minibatch_weighted'"):
        kb.BetaTCVAE(*small_networks(), estimator="minibatch_weight")
