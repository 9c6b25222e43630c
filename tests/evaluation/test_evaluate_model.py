import re

import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model, small_model_of

import keras_bvae as kb
from keras_bvae import datasets
from keras_bvae.evaluation import evaluate_model as evaluation
from keras_bvae.evaluation.evaluate_model import (
    bound_model,
    decompose_model,
    evaluate_model,
    rank_models,
    require_same_size,
    sampled_codes,
)
from keras_bvae.metrics import kl_decomposition


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


def test_the_bound_lies_between_the_elbo_and_the_likelihood():
    model = small_model(beta=1.0)
    model.fit(Squares().images_at(np.arange(36)), epochs=3, shuffle=False, verbose=0)
    seen = []
    few = bound_model(model, Squares(), images=20, samples=2)
    many = bound_model(
        model,
        Squares(),
        images=20,
        samples=200,
        progress=lambda *counts: seen.append(counts),
    )
    assert seen == [(16, 20), (20, 20)]
    assert many.elbo < many.bound
    assert few.bound < many.bound + 2 * few.standard_error["bound"]
    logs = evaluate_model(model, Squares(), quick=True)
    expected = -(logs["reconstruction"] + logs["kl"])
    assert many.elbo == pytest.approx(expected, abs=6 * many.standard_error["elbo"])
    assert (many.images, many.samples) == (20, 200)


@pytest.mark.across_backends
def test_models_are_ranked_by_what_they_share():
    models = [small_model(), small_model(), small_model_of(kb.BetaTCVAE)]
    kl = [[1.0, 1.0, 1.0]] * 3
    seen = []
    score = rank_models(
        models, Squares(), kl, progress=lambda *counts: seen.append(counts)
    )
    # The same seed makes the same weights: each of the first two predicts the other.
    assert len(score.parts["model_scores"]) == 3
    assert score.parts["pairwise"][0][1] == pytest.approx(score.parts["pairwise"][1][0])
    assert seen[-1] == (108, 108)


@pytest.mark.across_backends
def test_a_model_that_was_not_compiled_is_evaluated_too():
    model = small_model(compiled=False)
    assert evaluate_model(model, Squares(), quick=True)["kl"] >= 0


class CountedSquares(Squares):
    """Squares that remember how many images were asked for at a time."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def _images_at(self, indices):
        self.asked.append(len(indices))
        return super()._images_at(indices)


@pytest.mark.across_backends
def test_decomposition_is_that_of_the_posteriors_of_all_images(monkeypatch):
    monkeypatch.setattr(evaluation, "_IMAGES_AT_ONCE", 16)
    model, dataset, calls = small_model(), CountedSquares(), []
    record = decompose_model(
        model, dataset, draws=40, progress=lambda *call: calls.append(call)
    )
    mean, log_variance = model.encode(Squares().images_at(np.arange(36)))
    expected = kl_decomposition(mean, log_variance, draws=40)
    # Batches of 16 and of 36 images go through the network in another order.
    assert record.mutual_information == pytest.approx(
        expected.mutual_information, abs=1e-4
    )
    assert record.total_correlation == pytest.approx(
        expected.total_correlation, abs=1e-4
    )
    assert dataset.asked == [16, 16, 4]
    # 36 images, and a tenth of them for the computation.
    assert calls[:3] == [(16, 39), (32, 39), (36, 39)]
    assert calls[-1] == (39, 39)
    assert calls == sorted(calls)


@pytest.mark.across_backends
def test_decomposition_from_a_sample_knows_the_size_of_the_data_set():
    dataset = CountedSquares()
    record = decompose_model(small_model(), dataset, images=20, draws=10, seed=5)
    assert (record.images, record.dataset_size) == (20, 36)
    assert (record.draws, record.seed) == (10, 5)
    assert sum(dataset.asked) == 20


@pytest.mark.across_backends
def test_a_sample_larger_than_the_data_set_is_the_data_set():
    record = decompose_model(small_model(), Squares(), images=10**6, draws=10)
    assert (record.images, record.dataset_size) == (36, 36)


@pytest.mark.across_backends
def test_numbers_out_of_range_are_refused_before_anything_is_encoded():
    dataset = CountedSquares()
    for wrong in ({"images": 1}, {"draws": 1}):
        with pytest.raises(ValueError, match=r"received (draws=)?1"):
            decompose_model(small_model(), dataset, **wrong)
    assert dataset.asked == []


@pytest.mark.across_backends
def test_images_of_another_size_are_named():
    with pytest.raises(ValueError, match=re.escape("digits has (16, 16, 1)")):
        require_same_size(small_model(), datasets.load("digits", image_size=16))


@pytest.mark.across_backends
def test_without_factors_there_is_no_score():
    model = small_model()
    dataset = datasets.load("digits", image_size=8)
    assert evaluate_model(model, dataset)["scores"] == []
