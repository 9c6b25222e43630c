import keras
import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_images, small_model, small_networks

import keras_bvae as kb
from keras_bvae.datasets.image_batches import ImageBatches
from keras_bvae.engine import engine
from keras_bvae.models import fitting


class PlainBatches(ImageBatches):
    """The same batches, which `fit` cannot know: it takes Keras's own way."""

    def batch_of_step(self, step):
        return super().batch_of_step(step)


def fit(model, kind=ImageBatches, epochs=3, steps=10, **arguments):
    batches = kind(Squares(), 8, seed=3)
    return model.fit(
        batches, epochs=epochs, steps_per_epoch=steps, verbose=0, **arguments
    ).history


def as_numpy(variables):
    return [keras.ops.convert_to_numpy(v.value) for v in variables]


def assert_same(ours, theirs):
    for one, other in zip(
        as_numpy([*ours.variables, *ours.optimizer.variables]),
        as_numpy([*theirs.variables, *theirs.optimizer.variables]),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_many_steps_at_once_are_the_same_steps():
    beta = kb.schedules.Linear(0.0, 4.0, 25)
    fused, plain = small_model(beta=beta), small_model(beta=beta)
    assert fused.can_feed(Squares().batches(8))
    assert not plain.can_feed(PlainBatches(Squares(), 8))
    history, expected = fit(fused), fit(plain, PlainBatches)
    assert history.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-5, atol=1e-6)
    assert_same(fused, plain)
    assert int(fused.step) == 30


def test_callbacks_are_called_as_often_as_they_look():
    class Looks(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.seen = []

        def on_train_batch_end(self, batch, logs=None):
            self.seen.append((batch, int(self.model.step), np.isfinite(logs["loss"])))

    every, some = Looks(), Looks()
    fit(small_model(), epochs=1, callbacks=[every])
    assert every.seen == [(batch, batch + 1, True) for batch in range(10)]
    some.every_steps = 5
    fit(small_model(), epochs=2, callbacks=[some])
    assert some.seen == [(4, 5, True), (9, 10, True), (4, 15, True), (9, 20, True)]


def test_a_beta_set_by_hand_and_a_new_rate_take_effect():
    class Change(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                self.model.beta = 40.0
                self.model.optimizer.learning_rate = 1e-3

    fused, plain = small_model(), small_model()
    fit(fused, callbacks=[Change()])
    fit(plain, PlainBatches, callbacks=[Change()])
    assert_same(fused, plain)
    assert float(fused.beta) == 40.0


def test_validation_and_a_later_fit_on_arrays_are_as_ever():
    model = small_model()
    history = fit(model, epochs=2, validation_data=(small_images(),))
    assert len(history["val_loss"]) == 2
    assert model.feed is None
    assert model.steps_per_execution == 1
    model.fit(small_images(), batch_size=8, epochs=1, verbose=0)
    assert int(model.step) == 20 + 4
    fit(model, epochs=1)
    assert int(model.step) == 34


@pytest.mark.across_backends
def test_weights_of_samples_are_refused_not_forgotten():
    target, weight = np.zeros((36, 0), "uint8"), np.ones(36)
    with pytest.raises(ValueError, match="as a PyDataset"):
        fit(small_model(), sample_weight=weight, y=target)


@pytest.mark.across_backends
def test_compiling_anew_trains_with_the_new_optimizer():
    model = small_model()
    fit(model, epochs=1)
    before = as_numpy(model.trainable_variables)
    model.compile(keras.optimizers.SGD(0.0))
    fit(model, epochs=1)
    for one, other in zip(before, as_numpy(model.trainable_variables), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.across_backends
def test_a_fit_that_fails_leaves_the_model_as_it_was():
    class Fail(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise MemoryError

    model = small_model()
    with pytest.raises(MemoryError):
        fit(model, callbacks=[Fail()])
    assert (model.feed, model.steps_per_execution) == (None, 1)
    fit(model, epochs=1)
    assert int(model.step) == 20


@pytest.mark.across_backends
def test_what_the_user_wants_otherwise_goes_keras_own_way():
    batches = Squares().batches(8)
    eager = small_model()
    eager.compile("adam", run_eagerly=True)
    assert not eager.can_feed(batches)
    own_list = keras.callbacks.CallbackList([])
    assert not small_model().can_feed(batches, own_list)


@pytest.mark.across_backends
def test_a_model_without_built_networks_is_built_first():
    encoder, decoder = kb.networks.build("higgins2017", (8, 8, 1), 3)
    model = kb.BetaVAE(encoder, decoder)
    model.compile("adam")
    fit(model, epochs=1, steps=2)
    assert int(model.step) == 2


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="XLA's loops are JAX's")
def test_a_convolution_that_loops_slow_down_on_a_cpu_gets_none(monkeypatch):
    from keras_bvae.engine import on_jax

    def networks(convolution):
        images = keras.Input((8, 8, 1))
        x = convolution(4, 4, strides=2, padding="same")(images)
        x = keras.layers.Flatten()(x)
        outputs = [keras.layers.Dense(3)(x) for _ in range(2)]
        codes = keras.Input((3,))
        pixels = keras.layers.Reshape((8, 8, 1))(keras.layers.Dense(64)(codes))
        return keras.Model(images, outputs), keras.Model(codes, pixels)

    found = []
    judge = on_jax._is_slow_in_a_loop

    def judged(jaxpr):
        found.append(judge(jaxpr))
        return found[-1]

    monkeypatch.setattr(on_jax, "_is_slow_in_a_loop", judged)
    for convolution in (keras.layers.Conv2D, kb.layers.Conv2D):
        model = kb.BetaVAE(*networks(convolution))
        model.compile("adam")
        fit(model, epochs=2, steps=4)
        assert int(model.step) == 8
        assert found.pop() is (
            convolution is keras.layers.Conv2D and engine.is_on_cpu()
        )
        found.clear()


def test_a_target_is_made_only_where_weights_lack_one():
    x = np.zeros((5, 2))
    assert fitting._placeholder_target(x, None, None) is None
    assert fitting._placeholder_target(x, "y", "w") == "y"
    assert fitting._placeholder_target(x, None, np.ones(5)).shape == (5, 0)


def test_validation_data_of_other_forms_is_left_alone():
    x = np.zeros((5, 2))
    assert fitting._weighted_validation(x) is x
    assert fitting._weighted_validation((x, x)) == (x, x)
    assert fitting._weighted_validation((x, None, np.ones(5)))[1].shape == (5, 0)


@pytest.mark.parametrize("name", ["loss", "metrics", "weighted_metrics"])
def test_a_second_objective_is_named(name):
    with pytest.raises(ValueError, match=f"takes no `{name}`; received {name}='mse'"):
        fitting._require_own_objective({name: "mse"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("likelihood", "gaussian"),
        ("gaussian_scale", 0.5),
        ("decoder", small_networks()[1]),
    ],
)
def test_what_a_step_is_compiled_with_stays(name, value):
    model = small_model()
    setattr(model, name, getattr(model, name))
    with pytest.raises(ValueError, match=f"`{name}` is set when the model is made"):
        setattr(model, name, value)
    assert getattr(model, name) is not value


def test_what_is_set_before_compiling_has_the_rules_of_new_models():
    model = small_model(compiled=False)
    model.likelihood = "poisson"
    with pytest.raises(ValueError, match="`likelihood` must be"):
        model.compile("adam")
