import keras
import numpy as np
import pytest
from small_model import small_images, small_model, small_networks

import keras_bvae as kb
from keras_bvae.export.parts import MEANINGS, PARTS, float32_copy, is_float32, part_of
from keras_bvae.networks import build


def outputs(part, array):
    return dict(zip(part.output_names, part.outputs_of(array), strict=True))


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_parts_compute_what_encode_and_decode_give(likelihood):
    model = small_model(likelihood=likelihood, compiled=False)
    images = small_images(3).astype("float32") / 255
    mean, log_variance = model.encode(images)
    expected = {"mean": mean, "log_variance": log_variance}
    for name in ("encoder", "model"):
        received = outputs(part_of(model, name), images)
        if name == "model":
            np.testing.assert_allclose(
                received.pop("image"), model.decode(mean), atol=1e-6
            )
        assert received.keys() == expected.keys()
        for key, value in expected.items():
            np.testing.assert_allclose(received[key], value, atol=1e-6)
    # Far from 0, so that a Gaussian's means are clipped.
    codes = 20 * np.float32([[1, -2, 3], [0, 0.5, -1]])
    received = outputs(part_of(model, "decoder"), codes)
    np.testing.assert_allclose(received["image"], model.decode(codes), atol=1e-6)
    assert received["image"].min() >= 0
    assert received["image"].max() <= 1


def test_a_networks_inputs_and_outputs_have_names_and_meanings():
    model = small_model(compiled=False)
    names = {name: part_of(model, name) for name in PARTS}
    assert {n: (p.input_name, p.output_names) for n, p in names.items()} == {
        "encoder": ("images", ("mean", "log_variance")),
        "decoder": ("codes", ("image",)),
        "model": ("images", ("mean", "log_variance", "image")),
    }
    assert names["encoder"].input_shape == (8, 8, 1)
    assert names["decoder"].input_shape == (3,)
    used = {n for p in names.values() for n in (p.input_name, *p.output_names)}
    assert used == set(MEANINGS) - {"values", "expected_values"}


def test_subclassed_networks_are_exported_too():
    class Encoder(keras.Model):
        def __init__(self):
            super().__init__()
            self.network = small_networks()[0]

        def call(self, images):
            return tuple(self.network(images))

    model = kb.BetaVAE(Encoder(), small_networks()[1])
    images = small_images(2).astype("float32") / 255
    model.build((None, 8, 8, 1))
    mean, _ = part_of(model, "encoder").outputs_of(images)
    np.testing.assert_allclose(mean, model.encode(images)[0], atol=1e-6)


def test_parts_are_float32_under_a_mixed_policy_too():
    plain = small_model(compiled=False)
    keras.config.set_dtype_policy("mixed_bfloat16")
    mixed = small_model(compiled=False)
    mixed.set_weights(plain.get_weights())
    images = np.random.default_rng(0).random((3, 8, 8, 1), dtype="float32")
    (image,) = part_of(mixed, "decoder").outputs_of(plain.encode(images)[0])
    np.testing.assert_allclose(image, plain.decode(plain.encode(images)[0]), atol=1e-6)
    outputs = part_of(mixed, "encoder").outputs_of(images)
    for ours, expected in zip(outputs, plain.encode(images), strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_unknown_parts_are_named():
    with pytest.raises(ValueError, match="encoder, decoder, model; received 'encodr'"):
        part_of(small_model(compiled=False), "encodr")


def test_a_float32_network_is_not_copied():
    encoder, _ = build("conv", (8, 8, 1), 2)
    assert float32_copy(encoder) is encoder


def test_a_network_of_mixed_precision_becomes_the_float32_one_with_its_weights():
    plain, _ = build("conv", (8, 8, 1), 2)
    keras.config.set_dtype_policy("mixed_bfloat16")
    mixed, _ = build("conv", (8, 8, 1), 2)
    mixed.set_weights(plain.get_weights())
    assert not all(map(is_float32, mixed.layers))
    copy = float32_copy(mixed)
    assert all(map(is_float32, (copy, *copy.layers)))
    assert keras.config.dtype_policy().name == "mixed_bfloat16"
    assert [type(layer) for layer in copy.layers] == [type(x) for x in mixed.layers]
    images = small_images(4).astype("float32") / 255
    for ours, expected in zip(copy(images), plain(images), strict=True):
        np.testing.assert_allclose(
            keras.ops.convert_to_numpy(ours),
            keras.ops.convert_to_numpy(expected),
            atol=1e-6,
        )
    assert not all(map(is_float32, mixed.layers))  # the model's own stay as they were


def test_networks_within_networks_are_seen():
    keras.config.set_dtype_policy("mixed_bfloat16")
    inner = keras.Sequential([keras.layers.Dense(2)])
    keras.config.set_dtype_policy("float32")
    inputs = keras.Input((3,))
    outer = keras.Model(inputs, inner(inputs))
    (layer,) = float32_copy(outer).layers[-1].layers
    assert is_float32(layer)


@pytest.mark.parametrize("name", ["encoder", "model"])
def test_standardised_values_go_in_as_they_are(name):
    encoder, decoder = small_networks((4,))
    model = kb.BetaVAE(
        encoder,
        decoder,
        likelihood="gaussian",
        standardization=kb.Standardization([50, -3, 0, 1], [9, 2, 0.1, 1]),
    )
    part = part_of(model, name)
    rows = part.example_inputs(5)
    assert rows[:, 0].min() > 10  # in their own units
    received = outputs(part, rows)
    for expected, key in zip(model.encode(rows), ("mean", "log_variance"), strict=True):
        np.testing.assert_allclose(received[key], expected, atol=1e-5)
    assert part.input_name == "values"
    assert constants_in(part.network) == []


def test_a_standardised_table_with_classes_is_decoded_by_the_network_alone():
    encoder, decoder = small_networks((7,))
    model = kb.BetaVAE(
        encoder,
        decoder,
        likelihood="gaussian",
        categories=(3, 2),
        standardization=kb.Standardization([1, 2, *[0] * 5], [3, 4, *[1] * 5]),
    )
    part = part_of(model, "decoder")
    codes = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    (decoded,) = part.outputs_of(codes)
    np.testing.assert_allclose(decoded, model.decode(codes), rtol=1e-5, atol=1e-6)
    assert constants_in(part.network) == []


def constants_in(network):
    """A tensor of TensorFlow's would be one more input of an exported file."""
    return [
        array
        for operation in network.operations
        for node in operation._inbound_nodes
        for array in keras.tree.flatten((node.arguments.args, node.arguments.kwargs))
        if keras.ops.is_tensor(array) and not keras.utils.is_keras_tensor(array)
    ]
