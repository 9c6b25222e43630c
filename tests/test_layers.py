import keras
import numpy as np
import pytest
from component_contracts import assert_layer_contract
from keras import ops
from small_model import SuppliedNoise

import keras_bvae as kb
from keras_bvae.engine import engine
from keras_bvae.layers import Conv2D, Conv2DTranspose, Conv3D, Conv3DTranspose

# ---- the draw ------------------------------------------------------------------


def test_sampling_keeps_its_contract():
    inputs = [np.zeros((5, 3), "float32"), np.zeros((5, 3), "float32")]
    assert_layer_contract(kb.Sampling(seed=3), inputs, (5, 3))


def test_draw_is_mean_plus_spread_times_noise(monkeypatch):
    monkeypatch.setattr(keras.random, "normal", SuppliedNoise([[2.0]]))
    code = kb.Sampling()(np.float32([[1.0]]), np.log(np.float32([[9.0]])))
    # By hand: 1 + √9 · 2
    np.testing.assert_allclose(keras.ops.convert_to_numpy(code), [[7.0]], rtol=1e-6)


def test_draws_have_the_posteriors_mean_and_variance():
    count = 200_000
    mean = np.full((count, 1), 3.0, "float32")
    codes = kb.Sampling(seed=0)(mean, np.full((count, 1), np.log(4.0), "float32"))
    codes = keras.ops.convert_to_numpy(codes)
    # Five standard errors: 2/√n for the mean, 4·√(2/n) for the variance.
    assert abs(codes.mean() - 3.0) < 5 * 2 / count**0.5
    assert abs(codes.var() - 4.0) < 5 * 4 * (2 / count) ** 0.5


def test_a_seed_repeats_the_stream_and_calls_differ():
    zeros = np.zeros((4, 2), "float32")
    first, second = kb.Sampling(seed=7), kb.Sampling(seed=7)
    draws = [
        keras.ops.convert_to_numpy(s(zeros, zeros)) for s in (first, second, first)
    ]
    np.testing.assert_array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0], draws[2])


def test_a_seed_is_a_whole_number_of_python_or_numpy():
    assert kb.Sampling(seed=np.int64(7)).get_config()["seed"] == 7
    for seed in (2.5, "7", True):
        with pytest.raises(ValueError, match=f"received seed={seed!r}"):
            kb.Sampling(seed=seed)


# ---- convolutions --------------------------------------------------------------


PAIRS = [(Conv2D, keras.layers.Conv2D), (Conv2DTranspose, keras.layers.Conv2DTranspose)]
EACH_KIND = pytest.mark.parametrize(("ours", "plain"), PAIRS, ids=["down", "up"])
HALVING = {"strides": 2, "padding": "same", "data_format": "channels_last"}


def images_of(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def loss_and_gradients(layer, images, loss_of):
    """What `loss_of(outputs)` returns; gradients by images, kernel and bias."""
    layer(images)
    variables = [keras.Variable(images), *layer.trainable_variables]

    def run(values):
        pairs = list(zip(variables, values, strict=True))
        if keras.backend.backend() != "jax":
            return engine.value_and_grad(call, variables, [])[1:]
        with keras.StatelessScope(pairs):
            return engine.value_and_grad(call, variables, [])[1:]

    def call():
        outputs = layer(variables[0].value)
        return loss_of(outputs), outputs

    if keras.backend.backend() == "jax":
        import jax  # one program is quicker to compile than each of its operations

        run = jax.jit(run)
    outputs, gradients = run([v.value for v in variables])
    return [ops.convert_to_numpy(value) for value in (outputs, *gradients)]


def outputs_and_gradients(layer, images):
    weights = images_of(layer.compute_output_shape(images.shape), seed=1)
    weights = ops.convert_to_tensor(weights)
    return loss_and_gradients(layer, images, lambda outputs: ops.sum(outputs * weights))


def assert_same_layer(ours, plain, images, **arguments):
    ours, plain = ours(**arguments), plain(**arguments)
    ours.build(images.shape)
    plain.build(images.shape)
    values = [images_of(w.shape, seed=i + 2) for i, w in enumerate(plain.weights)]
    ours.set_weights(values)
    plain.set_weights(values)
    pairs = zip(
        outputs_and_gradients(ours, images),
        outputs_and_gradients(plain, images),
        strict=True,
    )
    for actual, expected in pairs:
        assert actual.dtype == expected.dtype
        scale = np.abs(expected).max()
        np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5 * scale)


@EACH_KIND
@pytest.mark.parametrize(
    ("shape", "filters", "kernel"),
    [
        ((2, 8, 12, 1), 32, 4),
        ((1, 8, 4, 3), 5, 4),
        ((3, 4, 6, 32), 3, 4),
        ((2, 6, 4, 5), 6, 2),
        ((2, 8, 12, 2), 5, (2, 4)),
        ((1, 10, 6, 6), 7, (6, 2)),
    ],
)
def test_outputs_and_gradients_are_keras_own(ours, plain, shape, filters, kernel):
    arguments = {"filters": filters, "kernel_size": kernel, **HALVING}
    assert_same_layer(ours, plain, images_of(shape), **arguments)


@EACH_KIND
@pytest.mark.parametrize(
    "changed",
    [
        {"strides": (2, 1)},
        {"kernel_size": 3},
        {"padding": "valid"},
        {"dilation_rate": 2, "strides": 1},
        {"activation": "relu", "use_bias": False},
    ],
    ids=str,
)
def test_every_other_setting_is_keras_own(ours, plain, changed):
    arguments = {"filters": 4, "kernel_size": 4, **HALVING, **changed}
    assert_same_layer(ours, plain, images_of((2, 8, 6, 3)), **arguments)


def test_groups_are_keras_own():
    arguments = {"filters": 4, "kernel_size": 4, "groups": 2, **HALVING}
    assert_same_layer(*PAIRS[0], images_of((2, 8, 6, 6)), **arguments)


@pytest.mark.parametrize("shape", [(2, 7, 4, 3), (2, 4, 5, 1)], ids=str)
@EACH_KIND
def test_odd_sides_are_keras_own(ours, plain, shape):
    arguments = {"filters": 4, "kernel_size": 4, **HALVING}
    assert_same_layer(ours, plain, images_of(shape), **arguments)


@EACH_KIND
def test_layer_keeps_its_contract(ours, plain):
    sides = (4, 2) if ours is Conv2D else (16, 8)
    layer = ours(5, 4, activation="relu", **HALVING)
    assert_layer_contract(layer, [images_of((2, 8, 4, 3))], (2, *sides, 5))
    assert layer.get_config().keys() == plain(5, 4).get_config().keys()


@EACH_KIND
def test_sides_may_be_unknown_while_a_model_is_built(ours, plain):
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, ours(5, 4, **HALVING)(inputs))
    assert model.output.shape == (None, None, None, 5)


@EACH_KIND
def test_mixed_precision_computes_and_trains(ours, plain):
    images = images_of((2, 8, 4, 6))
    layer = ours(5, 4, dtype="mixed_bfloat16", **HALVING)
    reference = plain(5, 4, **HALVING)
    reference.build(images.shape)
    layer.build(images.shape)
    layer.set_weights(reference.get_weights())
    assert keras.backend.standardize_dtype(layer(images).dtype) == "bfloat16"

    def square(outputs):
        return ops.sum(ops.cast(outputs, "float32") ** 2)

    _, *actual = loss_and_gradients(layer, images, square)
    _, *expected = loss_and_gradients(reference, images, square)
    for ours_gradient, its_gradient in zip(actual, expected, strict=True):
        assert ours_gradient.dtype == np.float32
        # bfloat16 keeps 8 bits: each value is off by up to 0.4%, sums by ten times it.
        bound = 0.05 * np.abs(its_gradient).max()
        np.testing.assert_allclose(ours_gradient, its_gradient, atol=bound)


@pytest.mark.parametrize("by_blocks", [True, False])
@pytest.mark.parametrize("shape", [(2, 8, 4, 6, 3), (1, 9, 8, 5, 1)], ids=str)
@pytest.mark.parametrize(
    ("ours", "plain"),
    [
        (Conv3D, keras.layers.Conv3D),
        (Conv3DTranspose, keras.layers.Conv3DTranspose),
    ],
)
def test_convolutions_of_three_axes_are_keras_own(
    ours, plain, shape, by_blocks, monkeypatch
):
    monkeypatch.setattr(engine, "prefers_blocks_in_3d", lambda: by_blocks)
    arguments = {"filters": 4, "kernel_size": 4, **HALVING}
    assert_same_layer(ours, plain, images_of(shape), **arguments)
    changed = {**arguments, "activation": "relu", "use_bias": False, "kernel_size": 3}
    assert_same_layer(ours, plain, images_of(shape), **changed)


def small_network(down, up):
    keras.utils.clear_session()
    return keras.Sequential(
        [
            keras.Input((8, 4, 1)),
            down(3, 4, **HALVING),
            down(4, 2, **HALVING),
            up(3, 4, **HALVING),
            up(1, 4, **HALVING),
        ]
    )


def test_saves_and_loads(tmp_path):
    model = small_network(Conv2D, Conv2DTranspose)
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    assert [type(layer) for layer in restored.layers] == [Conv2D] * 2 + [
        Conv2DTranspose
    ] * 2
    images = images_of((2, 8, 4, 1))
    np.testing.assert_array_equal(
        ops.convert_to_numpy(restored(images)), ops.convert_to_numpy(model(images))
    )


def test_a_file_of_keras_own_layers_loads_with_them(tmp_path):
    small_network(*[plain for _, plain in PAIRS]).save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    assert type(restored.layers[0]) is keras.layers.Conv2D


def test_weights_files_serve_both(tmp_path):
    plain = small_network(*[plain for _, plain in PAIRS])
    ours = small_network(Conv2D, Conv2DTranspose)
    assert [w.path for w in ours.weights] == [w.path for w in plain.weights]
    path = tmp_path / "model.weights.h5"
    for saved, loaded in ((plain, ours), (ours, plain)):
        saved.set_weights([images_of(w.shape) for w in saved.weights])
        saved.save_weights(path)
        loaded.set_weights([0 * w for w in loaded.get_weights()])
        loaded.load_weights(path)
        for one, other in zip(saved.get_weights(), loaded.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)
