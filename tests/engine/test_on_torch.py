"""What PyTorch alone has; what all backends share is tested in test_engine.py."""

import keras
import numpy as np
import pytest

if keras.backend.backend() != "torch":
    pytest.skip("PyTorch's engine needs the torch backend", allow_module_level=True)

from keras_bvae.engine import on_torch

pytestmark = pytest.mark.across_backends


@pytest.mark.parametrize("size", [2, 4, 6])
def test_the_transposed_convolution_is_keras_own(size):
    rng = np.random.default_rng(0)
    images = keras.ops.convert_to_tensor(rng.normal(size=(2, 3, 5, 4)).astype("f"))
    kernel = keras.ops.convert_to_tensor(
        rng.normal(size=(size, size, 2, 4)).astype("f")
    )
    ours = on_torch.strided_transposed_convolution(images, kernel, None)
    theirs = keras.ops.conv_transpose(
        images, kernel, 2, "same", data_format="channels_last"
    )
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5, atol=1e-5)


def test_a_read_only_array_makes_no_warning(recwarn):
    array = np.arange(4, dtype="uint8")
    array.setflags(write=False)
    on_torch.to_device(array)
    assert not recwarn.list


@pytest.mark.parametrize("name", ["burgess2018", "higgins2017"])
def test_layers_called_directly_give_what_keras_gives(name, monkeypatch):
    from keras_bvae import networks

    encoder, decoder = networks.build(name, (16, 16, 1), 3)
    images = keras.random.uniform((2, 16, 16, 1), seed=1)
    codes = keras.random.normal((2, 3), seed=2)
    expected = [*encoder(images), decoder(codes)]

    def never(*arguments, **keywords):
        raise AssertionError("Keras was asked")

    monkeypatch.setattr(type(encoder), "__call__", never)
    found = [
        *on_torch.forward(encoder, images, training=True),
        on_torch.forward(decoder, codes, training=True),
    ]
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_array_equal(ours.detach().numpy(), theirs.detach().numpy())


def test_a_network_with_more_to_do_is_called_by_keras():
    inputs = keras.Input((4,))
    regularized = keras.layers.Dense(2, activity_regularizer="l2")(inputs)
    for outputs in (
        keras.layers.Dropout(0.5)(inputs),
        regularized,
        keras.layers.Dense(2, dtype="mixed_bfloat16")(inputs),
    ):
        assert not on_torch._is_simple(keras.Model(inputs, outputs))
    network = keras.Model(inputs, regularized)
    on_torch.forward(network, keras.random.normal((3, 4), seed=1), training=True)
    assert len(network.losses) == 1
