import re

import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model, small_model_of

import keras_bvae as kb
from keras_bvae import datasets
from keras_bvae.evaluation import evaluate_model, require_same_size, sampled_codes


def test_terms_are_averages_in_nats_over_the_sample():
    model, dataset = small_model(beta=3.0), Squares()
    results = evaluate_model(model, dataset, quick=True)
    mean, log_variance = model.encode(dataset.images_at(np.arange(36)))
    kl = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).mean(0)
    assert results["images"] == 36
    np.testing.assert_allclose(results["kl_of_each_latent"], kl, rtol=1e-4)
    np.testing.assert_allclose(results["kl"], kl.sum(), rtol=1e-4)
    expected = results["reconstruction"] + 3 * results["kl"]
    np.testing.assert_allclose(results["loss"], expected, rtol=1e-5)
    assert results["active_latents"] == np.flatnonzero(kl >= 0.01).tolist()


@pytest.mark.across_backends
def test_an_objectives_own_terms_are_among_the_results():
    model = small_model_of(kb.DIPVAE, lambda_od=2.0, lambda_d=0.0)
    results = evaluate_model(model, Squares(), quick=True)
    assert results["penalties"]["diagonal_penalty"] == 0
    penalty = results["penalties"]["off_diagonal_penalty"]
    expected = results["reconstruction"] + results["kl"] + penalty
    np.testing.assert_allclose(results["loss"], expected, rtol=1e-5)


@pytest.mark.across_backends
def test_scores_carry_their_protocol():
    (score,) = evaluate_model(small_model(), Squares(), quick=True)["scores"]
    assert (score["name"], score["protocol"]) == ("beta_vae_score", "custom")
    assert (score["metric"], score["label"]) == ("beta_vae", "β-VAE score")
    assert score["settings"]["image_pool"] == 36


@pytest.mark.across_backends
def test_metrics_by_name_share_the_encoding(monkeypatch):
    model, encoded = small_model(), []
    encode = model.encode

    def counted(images):
        encoded.append(len(images))
        return encode(images)

    monkeypatch.setattr(model, "encode", counted)
    results = evaluate_model(model, Squares(), ("mig", "irs"), seed=4)
    assert [score["metric"] for score in results["scores"]] == ["mig", "irs"]
    assert all(score["seed"] == 4 for score in results["scores"])
    assert encoded == [36]


def test_draws_have_the_posteriors_mean_and_spread():
    model = small_model()
    images = np.repeat(Squares().images_at(np.array([7])), 4000, axis=0)
    draws = sampled_codes(model, seed=1)(images)
    mean, log_variance = (part[0] for part in model.encode(images[:1]))
    deviation = np.exp(0.5 * log_variance)
    np.testing.assert_allclose(draws.mean(0), mean, atol=0.1)
    np.testing.assert_allclose(draws.std(0), deviation, rtol=0.05)
    np.testing.assert_array_equal(draws, sampled_codes(model, seed=1)(images))


@pytest.mark.across_backends
def test_draws_are_measured_on_request():
    means, draws = (
        evaluate_model(small_model(), Squares(), ("mig",), sampled=sampled)
        for sampled in (False, True)
    )
    assert (means["codes"], draws["codes"]) == ("means", "samples")
    assert draws["scores"][0]["settings"]["codes"] == "samples"
    assert draws["scores"][0]["protocol"] == "custom"
    assert means["scores"][0]["score"] != draws["scores"][0]["score"]


@pytest.mark.across_backends
def test_a_model_that_was_not_compiled_is_evaluated_too():
    model = small_model(compiled=False)
    assert evaluate_model(model, Squares(), quick=True)["kl"] >= 0


@pytest.mark.across_backends
def test_images_of_another_size_are_named():
    with pytest.raises(ValueError, match=re.escape("digits has (16, 16, 1)")):
        require_same_size(small_model(), datasets.load("digits", image_size=16))


@pytest.mark.across_backends
def test_without_factors_there_is_no_score():
    model = small_model()
    dataset = datasets.load("digits", image_size=8)
    assert evaluate_model(model, dataset)["scores"] == []


@pytest.mark.across_backends
def test_a_score_that_is_named_needs_its_factors():
    dataset = datasets.load("digits", image_size=8)
    with pytest.raises(ValueError, match="needs the factors"):
        evaluate_model(small_model(), dataset, ("beta_vae",))
