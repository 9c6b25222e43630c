"""Half precision for the networks: the loss terms stay float32, the ELBO agrees."""

import keras
import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model


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
