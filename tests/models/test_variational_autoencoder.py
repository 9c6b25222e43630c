import re

import keras
import numpy as np
import pytest
from numbered_run import Squares
from small_model import SuppliedNoise, small_images, small_model, small_networks

import keras_bvae as kb
from keras_bvae.engine import engine

ON_TORCH = keras.backend.backend() == "torch"


def evaluate(model, images, **kwargs):
    kwargs = {"batch_size": len(images), "verbose": 0, "return_dict": True, **kwargs}
    return model.evaluate(images, **kwargs)


# ---- sample weights and data ---------------------------------------------------


@pytest.mark.parametrize("target", [None, "images"])
def test_sample_weights_count_with_and_without_a_target(target, monkeypatch):
    images = small_images(8)
    noise = np.random.default_rng(0).normal(size=(8, 3))
    monkeypatch.setattr(keras.random, "normal", SuppliedNoise(noise))
    model = small_model()
    target = images if target else None
    half = np.float32([1, 1, 1, 1, 0, 0, 0, 0])
    weighted = evaluate(model, images, y=target, sample_weight=half)
    monkeypatch.setattr(keras.random, "normal", SuppliedNoise(noise[:4]))
    first = evaluate(model, images[:4])
    # Keras divides the weighted sum by the count of images, 8, not by the weights' sum.
    np.testing.assert_allclose(weighted["loss"], first["loss"] / 2, rtol=1e-5)


def test_fit_with_zero_weights_and_no_target_changes_nothing():
    model = small_model(optimizer=keras.optimizers.SGD(1.0))
    before = [w.copy() for w in model.encoder.get_weights()]
    model.fit(small_images(8), sample_weight=np.zeros(8), verbose=0)
    for old, new in zip(before, model.encoder.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_validation_data_reports_every_term_with_and_without_weights():
    images = small_images(16)
    model = small_model()
    history = model.fit(images, validation_data=(images,), verbose=0).history
    assert {"val_loss", "val_reconstruction", "val_kl", "val_kl_2"} <= set(history)
    zero = (images, None, np.zeros(16))
    history = model.fit(images, validation_data=zero, verbose=0).history
    assert history["val_loss"] == [0.0]


def test_floats_and_bytes_of_one_image_give_one_loss(monkeypatch):
    images = small_images(4)
    noise = np.zeros((4, 3))
    monkeypatch.setattr(keras.random, "normal", SuppliedNoise(noise))
    model = small_model()
    as_float = evaluate(model, (images / 255).astype("float32"))
    assert as_float["loss"] == pytest.approx(evaluate(model, images)["loss"], rel=1e-6)


def test_averages_over_a_ragged_last_batch_count_images(monkeypatch):
    images = small_images(6)

    def no_noise(shape, dtype=None, seed=None, **kwargs):
        return keras.ops.zeros(shape, dtype)

    monkeypatch.setattr(keras.random, "normal", no_noise)
    model = small_model()
    ragged = evaluate(model, images, batch_size=4)
    whole = evaluate(model, images, batch_size=6)
    np.testing.assert_allclose(ragged["loss"], whole["loss"], rtol=1e-5)
    np.testing.assert_allclose(ragged["kl_1"], whole["kl_1"], rtol=1e-5)


def test_batches_of_a_data_set_go_on_from_epoch_to_epoch(recwarn):
    seen = []

    class Recorded(Squares):
        def _images_at(self, indices):
            seen.extend(indices)
            return super()._images_at(indices)

    batches = Recorded().batches(10, seed=4)
    model = small_model()
    # Three batches a pass: four steps an epoch cross the end of a pass twice.
    history = model.fit(batches, epochs=3, steps_per_epoch=4, verbose=0).history
    assert (
        seen
        == np.concatenate(
            [batches.indices_of_step(step) for step in range(12)]
        ).tolist()
    )
    assert len(history["loss"]) == 3
    assert int(model.step) == 12
    assert not [w for w in recwarn if "ran out of data" in str(w.message)]


# ---- compile options -----------------------------------------------------------


@pytest.mark.parametrize("options", [{"run_eagerly": True}, {"jit_compile": False}, {}])
def test_compiled_and_eager_steps_agree(options, monkeypatch):
    noise = np.random.default_rng(0).normal(size=(8, 3))
    monkeypatch.setattr(keras.random, "normal", SuppliedNoise(noise))
    model = small_model(compiled=False)
    model.compile(keras.optimizers.SGD(1e-3), **options)
    losses = model.fit(
        small_images(8), batch_size=8, epochs=3, shuffle=False, verbose=0
    ).history["loss"]
    # Three steps of gradient descent by hand: the gradients are the backend's, the
    # update and the loop are not Keras's.
    other = small_model(compiled=False)
    expected = []
    for _ in range(3):
        variables = other.trainable_variables
        (loss), _, gradients = engine.value_and_grad(
            lambda: other.loss_and_logs((small_images(8),), True),
            variables,
            [v for v in other.variables if id(v) not in {id(t) for t in variables}],
        )
        expected.append(float(keras.ops.convert_to_numpy(loss)))
        for variable, gradient in zip(variables, gradients, strict=True):
            step = keras.ops.convert_to_numpy(gradient)
            variable.assign(keras.ops.convert_to_numpy(variable) - 1e-3 * step)
    np.testing.assert_allclose(losses, expected, rtol=1e-5)


def test_jit_compile_on_request_trains_or_says_why_not():
    model = small_model(compiled=False)
    if ON_TORCH:
        with pytest.raises(ValueError, match="jax and tensorflow backends only"):
            model.compile("adam", jit_compile=True)
        return
    model.compile(keras.optimizers.Adam(1e-2), jit_compile=True)
    losses = model.fit(small_images(), epochs=20, verbose=0).history["loss"]
    assert losses[-1] < 0.8 * losses[0]


def test_steps_per_execution_counts_every_step_or_says_why_not():
    model = small_model(compiled=False)
    model.compile("adam", steps_per_execution=4)
    if ON_TORCH:
        with pytest.raises(ValueError, match="must be 1 with the PyTorch backend"):
            model.fit(small_images(), verbose=0)
        return
    model.fit(small_images(32), batch_size=4, epochs=2, verbose=0)
    assert int(model.step) == 16


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_trains_with_float32_terms(precision):
    keras.config.set_dtype_policy(precision)
    model = small_model(beta=1.0)
    is_scaled = isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert is_scaled == (precision == "mixed_float16")
    terms = model.elbo_terms(small_images(4))
    for term in [term for term in terms if term is not None]:
        assert keras.backend.standardize_dtype(term.dtype) == "float32"
    losses = model.fit(small_images(64), epochs=30, verbose=0).history["loss"]
    assert losses[-1] < 0.7 * losses[0]
    assert int(model.step) == 60


def test_global_clipnorm_bounds_the_update():
    optimizer = keras.optimizers.SGD(1.0, global_clipnorm=1e-3)
    model = small_model(optimizer=optimizer)
    before = [w.copy() for w in trainable_arrays(model)]
    model.train_on_batch(small_images(8))
    after = trainable_arrays(model)
    squares = [((a - b) ** 2).sum() for a, b in zip(before, after, strict=True)]
    np.testing.assert_allclose(np.sqrt(sum(squares)), 1e-3, rtol=1e-2)


def trainable_arrays(model):
    return [keras.ops.convert_to_numpy(v) for v in model.trainable_variables]


def test_gradient_accumulation_updates_every_second_step():
    optimizer = keras.optimizers.SGD(1e-2, gradient_accumulation_steps=2)
    model = small_model(optimizer=optimizer)
    before = model.encoder.get_weights()
    model.train_on_batch(small_images(8))
    for old, new in zip(before, model.encoder.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    model.train_on_batch(small_images(8))
    assert not np.array_equal(before[0], model.encoder.get_weights()[0])
    assert int(model.step) == 2


def test_regularizers_of_a_users_network_enter_the_loss(monkeypatch):
    monkeypatch.setattr(keras.random, "normal", SuppliedNoise(np.zeros((4, 3))))
    encoder, decoder = small_networks()
    encoder.layers[-1].kernel_regularizer = keras.regularizers.L2(0.5)
    encoder = keras.models.clone_model(encoder)
    model = kb.BetaVAE(encoder, decoder, beta=2.0)
    model.compile("adam")
    logs = evaluate(model, small_images(4))
    kernel = encoder.layers[-1].get_weights()[0]
    expected = logs["reconstruction"] + 2 * logs["kl"] + 0.5 * (kernel**2).sum()
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-5)


def test_compile_refuses_a_second_objective():
    with pytest.raises(ValueError, match="takes no `loss`; received loss='mse'"):
        small_model(compiled=False).compile("adam", loss="mse")


# ---- the step ------------------------------------------------------------------


def test_a_state_that_nobody_tracks_is_refused_on_jax():
    class Leaky(kb.BetaVAE):
        def objective(self, terms, average):
            HIDDEN[0].assign(1.0)
            return super().objective(terms, average)

    model = Leaky(*small_networks())
    model.compile("adam")
    if keras.backend.backend() == "jax":
        with pytest.raises(RuntimeError, match="only variables that the model"):
            model.fit(small_images(), verbose=0)
    else:
        model.fit(small_images(), verbose=0)
        assert float(HIDDEN[0]) == 1.0


HIDDEN = [keras.Variable(0.0)]


def test_batch_normalization_and_dropout_of_a_users_network_train():
    images = keras.Input((8, 8, 1))
    x = keras.layers.Dropout(0.1)(keras.layers.Flatten()(images))
    x = keras.layers.BatchNormalization()(keras.layers.Dense(8)(x))
    outputs = [keras.layers.Dense(3)(x), keras.layers.Dense(3)(x)]
    model = kb.BetaVAE(keras.Model(images, outputs), small_networks()[1])
    model.compile("adam")
    moving = model.encoder.layers[-3].moving_mean
    model.fit(small_images(), epochs=2, verbose=0)
    assert np.abs(keras.ops.convert_to_numpy(moving)).max() > 0


def test_subclassed_networks_work_from_the_first_batch(tmp_path):
    model = kb.BetaVAE(OwnEncoder(), OwnDecoder())
    model.compile("adam")
    model.fit(small_images(), epochs=2, verbose=0)
    assert model.latent_dim == 2
    assert model.encode(small_images(5))[0].shape == (5, 2)
    model.save(tmp_path / "own.keras")
    loaded = keras.saving.load_model(tmp_path / "own.keras")
    np.testing.assert_allclose(
        loaded.encode(small_images(5))[0], model.encode(small_images(5))[0], atol=1e-6
    )


@keras.saving.register_keras_serializable(package="tests")
class OwnEncoder(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.flatten = keras.layers.Flatten()
        self.heads = [keras.layers.Dense(2), keras.layers.Dense(2)]

    def call(self, images):
        return [head(self.flatten(images)) for head in self.heads]


@keras.saving.register_keras_serializable(package="tests")
class OwnDecoder(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.pixels = keras.layers.Dense(64)
        self.reshape = keras.layers.Reshape((8, 8, 1))

    def call(self, codes):
        return self.reshape(self.pixels(codes))


def test_predict_gives_reconstructions_from_the_means():
    images = small_images(5)
    model = small_model()
    expected = model.decode(model.encode(images)[0])
    np.testing.assert_allclose(model.predict(images, verbose=0), expected, atol=1e-6)


# ---- networks that do not fit --------------------------------------------------


def test_encoder_with_one_output_is_refused():
    encoder = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()])
    with pytest.raises(ValueError, match=re.escape("outputs of shapes [(None, 64)]")):
        kb.BetaVAE(encoder, small_networks()[1])


def test_decoder_of_another_image_size_is_refused():
    other = small_networks((4, 4, 1))[1]
    with pytest.raises(ValueError, match=re.escape("received output shape (4, 4, 1)")):
        kb.BetaVAE(small_networks()[0], other)


def test_decoder_that_ends_in_a_sigmoid_is_refused():
    encoder, decoder = small_networks()
    outputs = keras.layers.Activation("sigmoid")(decoder.output)
    squashed = keras.Model(decoder.input, outputs)
    with pytest.raises(ValueError, match="applies a sigmoid"):
        kb.BetaVAE(encoder, squashed)
    assert kb.BetaVAE(encoder, squashed, likelihood="gaussian").likelihood == "gaussian"


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        ({"likelihood": "laplace"}, "'laplace'"),
        ({"gaussian_scale": 0.0}, "gaussian_scale=0.0"),
    ],
)
def test_likelihood_and_scale_have_rules(arguments, received):
    with pytest.raises(ValueError, match=re.escape(f"received {received}")):
        kb.BetaVAE(*small_networks(), **arguments)


@pytest.mark.parametrize("method", ["fit", "evaluate", "encode"])
def test_images_of_another_size_or_range_are_refused(method):
    model = small_model()
    with pytest.raises(ValueError, match=re.escape("(4, 4, 1)")):
        getattr(model, method)(np.zeros((2, 4, 4, 1), "uint8"))
    with pytest.raises(ValueError, match=re.escape("[0, 1]")):
        getattr(model, method)(np.full((2, 8, 8, 1), 2.0, "float32"))
    with pytest.raises(ValueError, match="NaN"):
        getattr(model, method)(np.full((2, 8, 8, 1), np.nan, "float32"))


@pytest.mark.parametrize("seed", [np.int64(3), 2**31, 2**32 - 1])
@pytest.mark.parametrize("kind", [kb.BetaVAE, kb.FactorVAE, kb.InfoVAE])
def test_seeds_of_numpy_and_of_all_32_bits_are_seeds(kind, seed):
    model = kind(*small_networks(), seed=seed)
    assert type(model.seed) is int
    assert model.sampling(np.zeros((2, 3), "float32"), np.zeros((2, 3))).shape == (2, 3)
    model.new_seed_generator()


@pytest.mark.parametrize("seed", [-1, 2**32, 2.0, True])
def test_other_seeds_are_refused(seed):
    said = f"whole number from 0 to 4,294,967,295, or None; received seed={seed}"
    with pytest.raises(ValueError, match=said):
        kb.BetaVAE(*small_networks(), seed=seed)
