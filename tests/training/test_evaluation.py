import re

import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model

from keras_bvae import datasets
from keras_bvae.training.evaluation import evaluate_model, require_same_size


def test_terms_are_averages_in_nats_over_the_sample():
    model, dataset = small_model(beta=3.0), Squares()
    results = evaluate_model(model, dataset, image_pool=36, train_points=200)
    mean, log_variance = model.encode(dataset.images_at(np.arange(36)))
    kl = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).mean(0)
    assert results["images"] == 36
    np.testing.assert_allclose(results["kl_of_each_latent"], kl, rtol=1e-4)
    np.testing.assert_allclose(results["kl"], kl.sum(), rtol=1e-4)
    expected = results["reconstruction"] + 3 * results["kl"]
    np.testing.assert_allclose(results["loss"], expected, rtol=1e-5)
    assert results["active_latents"] == np.flatnonzero(kl >= 0.01).tolist()


def test_scores_carry_their_protocol():
    (score,) = evaluate_model(small_model(), Squares(), image_pool=36)["scores"]
    assert (score["name"], score["protocol"]) == ("beta_vae_score", "custom")
    assert score["settings"]["image_pool"] == 36


def test_a_model_that_was_not_compiled_is_evaluated_too():
    model = small_model(compiled=False)
    assert evaluate_model(model, Squares(), image_pool=36)["kl"] >= 0


def test_images_of_another_size_are_named():
    with pytest.raises(ValueError, match=re.escape("digits has (16, 16, 1)")):
        require_same_size(small_model(), datasets.load("digits", image_size=16))


def test_without_factors_there_is_no_score():
    model = small_model()
    dataset = datasets.load("digits", image_size=8)
    assert evaluate_model(model, dataset)["scores"] == []
