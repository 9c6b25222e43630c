"""What PyTorch alone has; what all backends share is tested in test_engine.py."""

import types

import keras
import numpy as np
import pytest
from small_model import small_images, small_model

if keras.backend.backend() != "torch":
    pytest.skip("PyTorch's engine needs the torch backend", allow_module_level=True)

from keras_bvae.benchmark import device as benchmark_device
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


class FakeDevice:
    """A GPU that PyTorch was not built for, as far as its own module tells."""

    def __getattr__(self, name):
        raise AssertionError("Torch not compiled with CUDA enabled")


@pytest.mark.parametrize(
    ("kind", "name", "memory"),
    [
        ("cuda", "NVIDIA", 80),
        ("xpu", "Arc", 16),
        ("mps", "mps", 12),
        ("hpu", "hpu", None),  # one that we do not know
        ("cpu", "cpu", None),
    ],
)
def test_the_device_is_asked_by_its_own_type(monkeypatch, kind, name, memory):
    torch = on_torch.torch
    for other in ("cuda", "xpu", "mps"):
        monkeypatch.setattr(torch, other, FakeDevice())
    known = {
        "cuda": {
            "get_device_name": lambda: "NVIDIA",
            "mem_get_info": lambda: (1, 80),
            "max_memory_allocated": lambda: 3e6,
        },
        "xpu": {
            "get_device_name": lambda: "Arc",
            "get_device_properties": lambda: types.SimpleNamespace(total_memory=16),
            "max_memory_allocated": lambda: 3e6,
        },
        "mps": {"recommended_max_memory": lambda: 12},
    }
    if kind in known:
        monkeypatch.setattr(torch, kind, types.SimpleNamespace(**known[kind]))
    scalar = types.SimpleNamespace(device=types.SimpleNamespace(type=kind))
    on_torch._device_type.cache_clear()
    monkeypatch.setattr(keras.ops, "zeros", lambda shape: scalar)
    try:
        assert on_torch.is_on_cpu() is (kind == "cpu")
        assert on_torch.device_name() == name
        assert on_torch.device_memory_bytes() == memory
        peak = benchmark_device.peak_memory()["peak_device_memory_mb"]
        assert peak == (3.0 if kind in ("cuda", "xpu") else None)
    finally:
        on_torch._device_type.cache_clear()


def test_no_gradient_is_kept_after_training():
    model = small_model()
    model.fit(small_images(), verbose=0)
    assert not on_torch._last_gradients
    model.train_on_batch(small_images(8))
    assert not on_torch._last_gradients
    assert all(variable.value.grad is None for variable in model.trainable_variables)
