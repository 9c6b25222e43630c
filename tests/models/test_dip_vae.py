import re

import numpy as np
import pytest
from component_contracts import assert_is_the_plain_vae, assert_model_contract
from small_model import small_images, small_model_of, small_networks

import keras_bvae as kb


@pytest.mark.parametrize("variant", ["i", "ii"])
def test_dip_vae_keeps_its_contract(variant, tmp_path, monkeypatch):
    model = small_model_of(kb.DIPVAE, variant=variant)
    assert_model_contract(model, tmp_path, monkeypatch)


@pytest.mark.parametrize("variant", ["i", "ii"])
def test_without_penalties_it_is_the_vae(variant, monkeypatch):
    model = small_model_of(kb.DIPVAE, lambda_od=0.0, lambda_d=0.0, variant=variant)
    assert_is_the_plain_vae(model, small_images(16), monkeypatch)


@pytest.mark.parametrize("variant", ["i", "ii"])
def test_penalties_are_those_of_the_codes_covariance(variant):
    model = small_model_of(kb.DIPVAE, lambda_od=3.0, lambda_d=5.0, variant=variant)
    images = small_images(16)
    mean, log_variance = (v.astype("float64") for v in model.encode(images))
    covariance = np.cov(mean.T, bias=True)
    if variant == "ii":  # Kumar et al. 2018, equation 5: Cov[z] = E[Σ(x)] + Cov[μ(x)]
        covariance += np.diag(np.exp(log_variance).mean(0))
    diagonal = ((np.diag(covariance) - 1) ** 2).sum()
    off_diagonal = (covariance**2).sum() - (np.diag(covariance) ** 2).sum()
    logs = model.evaluate(images, batch_size=16, verbose=0, return_dict=True)
    np.testing.assert_allclose(
        logs["off_diagonal_penalty"], 3 * off_diagonal, rtol=1e-4
    )
    np.testing.assert_allclose(logs["diagonal_penalty"], 5 * diagonal, rtol=1e-4)
    expected = logs["reconstruction"] + logs["kl"] + 3 * off_diagonal + 5 * diagonal
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-5)


@pytest.mark.parametrize(("variant", "ratio"), [("i", 10.0), ("ii", 1.0)])
def test_lambda_d_follows_the_papers_ratio(variant, ratio):
    model = small_model_of(kb.DIPVAE, lambda_od=2.0, variant=variant, compiled=False)
    assert model.get_config()["lambda_d"] == 2.0 * ratio


def test_a_covariance_needs_two_images():
    model = small_model_of(kb.DIPVAE)
    with pytest.raises(ValueError, match="received batch_size=1"):
        model.fit(small_images(4), batch_size=1, verbose=0)


def test_bad_values_are_named():
    with pytest.raises(ValueError, match=re.escape("received lambda_od=-1.0")):
        kb.DIPVAE(*small_networks(), lambda_od=-1.0)
    with pytest.raises(ValueError, match="`variant` must be one of i, ii"):
        kb.DIPVAE(*small_networks(), variant="iii")
