"""Other precisions for the networks: the loss terms stay float32, the ELBO agrees."""

import keras
import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_images, small_model, small_model_of, small_pairs

import keras_bvae as kb


def trained(policy):
    keras.config.set_dtype_policy(policy)
    model = small_model(beta=1.0)
    history = model.fit(
        Squares().batches(12, seed=3), epochs=4, steps_per_epoch=30, verbose=0
    )
    return model, history.history["loss"]


def test_the_elbo_of_a_short_run_agrees_within_half_a_percent():
    _, losses = trained("float32")
    half, half_losses = trained("mixed_bfloat16")
    assert half.encoder.layers[-1].compute_dtype == "bfloat16"
    assert losses[-1] < 0.75 * losses[0]  # it has learned
    np.testing.assert_allclose(half_losses, losses, rtol=5e-3)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_loss_terms_and_weights_are_float32(policy):
    keras.config.set_dtype_policy(policy)
    model = small_model()
    terms = model.elbo_terms(Squares().images_at(np.arange(8)))
    for name in ("images", "mean", "log_variance", "output", "reconstruction", "kl"):
        tensor = getattr(terms, name)
        assert keras.backend.standardize_dtype(tensor.dtype) == "float32", name
    assert {weight.dtype for weight in model.trainable_variables} == {"float32"}


@pytest.mark.parametrize(
    "kind",
    [
        kb.BetaVAE,
        kb.AnnealedVAE,
        kb.BetaTCVAE,
        kb.FactorVAE,
        kb.DIPVAE,
        kb.InfoVAE,
        kb.AdaGVAE,
    ],
)
def test_every_objective_trains_networks_of_float64(kind):
    keras.config.set_dtype_policy("float64")
    arguments = {}
    if kind is kb.BetaVAE:
        arguments["beta"] = kb.schedules.Linear(0, 4, steps=4)
    if kind is kb.BetaTCVAE:
        arguments |= {"estimator": "minibatch_weighted", "dataset_size": 36}
    if kind is kb.FactorVAE:
        layers = keras.layers.Dense(2, kernel_regularizer="l2")
        arguments["discriminator"] = keras.Sequential([layers])
    model = small_model_of(kind, **arguments)
    before = model.encoder.get_weights()
    images = small_pairs(8) if kind is kb.AdaGVAE else small_images(8)
    model.train_on_batch(images)
    logs = model.test_on_batch(images, return_dict=True)
    assert np.isfinite(list(logs.values())).all()
    assert {weight.dtype for weight in model.encoder.weights} == {"float64"}
    pairs = zip(before, model.encoder.get_weights(), strict=True)
    assert not any(np.array_equal(ours, theirs) for ours, theirs in pairs)
