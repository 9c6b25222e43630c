import keras
import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_images, small_model, small_model_of

import keras_bvae as kb
from keras_bvae.evaluation import evaluate_model


def state_of(model):
    """All numbers in a model, and what `compile` sets."""
    variables = [*model.variables, *model.metrics_variables]
    numbers = [keras.ops.convert_to_numpy(variable) for variable in variables]
    settings = {
        name: value
        for name, value in vars(model).items()
        if name in ("_optimizer", "optimizer", "compiled", "_compile_config", "_loss")
    }
    return numbers, settings, [weight.trainable for weight in model.weights]


@pytest.mark.parametrize("kind", [kb.BetaVAE, kb.FactorVAE])
@pytest.mark.parametrize("compiled", [True, False])
def test_a_measured_model_is_as_it_was(kind, compiled):
    model = small_model_of(kind, compiled=compiled)
    model.encoder.layers[-1].trainable = False
    if compiled:
        model.compile("adam")
        model.fit(small_images(), verbose=0)
    numbers, *others = state_of(model)
    results = evaluate_model(model, Squares(), metrics=["mig"], quick=True)
    numbers_after, *others_after = state_of(model)
    assert others_after == others
    assert model.compiled is compiled
    for ours, theirs in zip(numbers_after, numbers, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    again = evaluate_model(model, Squares(), metrics=["mig"], quick=True)
    assert again["loss"] == results["loss"]
    if not compiled:
        with pytest.raises(ValueError, match=r"compile"):
            model.fit(small_images(), verbose=0)
        model.compile("adam")
    model.fit(small_images(), verbose=0)


def test_training_goes_on_as_if_nobody_had_looked():
    ours, theirs = small_model(), small_model()
    for model in (ours, theirs):
        model.fit(Squares().batches(8), steps_per_epoch=3, verbose=0)
    evaluate_model(ours, Squares(), metrics=["mig"], quick=True)
    logs = [
        model.fit(Squares().batches(8), steps_per_epoch=3, verbose=0).history
        for model in (ours, theirs)
    ]
    assert logs[0] == logs[1]
