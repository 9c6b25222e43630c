"""What PyTorch alone has; what all backends share is tested in test_engine.py."""

import types

import keras
import numpy as np
import pytest
from small_model import small_images, small_model

if keras.backend.backend() != "torch":
    pytest.skip("PyTorch's engine needs the torch backend", allow_module_level=True)

import torch

from keras_bvae.benchmark import device as benchmark_device
from keras_bvae.engine import on_torch

pytestmark = pytest.mark.across_backends


@pytest.mark.parametrize("size", [(2, 2), (4, 6)])
@pytest.mark.parametrize("filters", [1, 3, 5])  # few take another form
def test_the_transposed_convolution_is_keras_own(size, filters):
    rng = np.random.default_rng(0)

    def tensor(*shape):
        return torch.tensor(rng.normal(size=shape).astype("f"), requires_grad=True)

    operands = tensor(2, 3, 5, 4), tensor(*size, filters, 4), tensor(filters)

    def keras_own(images, kernel, bias):
        outputs = keras.ops.conv_transpose(
            images, kernel, 2, "same", data_format="channels_last"
        )
        return outputs + bias

    def gradients(convolution, *operands):
        loss = torch.sin(convolution(*operands)).sum()
        first = torch.autograd.grad(loss, operands, create_graph=True)
        second = torch.autograd.grad(sum(g.square().sum() for g in first), operands)
        return convolution(*operands), *first, *second

    ours = gradients(on_torch.strided_transposed_convolution, *operands)
    theirs = gradients(keras_own, *operands)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4 * float(b.abs().max()))
    images, kernel, bias = (each.detach() for each in operands)
    many = torch.stack([kernel, 2 * kernel])
    mapped = torch.func.vmap(on_torch.strided_transposed_convolution, (None, 0, None))
    for out, one in zip(mapped(images, many, bias), many, strict=True):
        torch.testing.assert_close(out, keras_own(images, one, bias), atol=1e-4, rtol=0)


def test_few_filters_take_the_form_of_blocks(monkeypatch):
    rng = np.random.default_rng(0)
    images, kernel = (
        torch.tensor(rng.normal(size=shape).astype("f"))
        for shape in ((2, 4, 4, 3), (4, 4, 1, 3))
    )
    called = []
    plain = torch.nn.functional.conv_transpose2d
    monkeypatch.setattr(
        torch.nn.functional,
        "conv_transpose2d",
        lambda *args, **how: called.append(1) or plain(*args, **how),
    )
    on_torch.strided_transposed_convolution(images, kernel, None)
    assert not called
    # What is written down to run elsewhere keeps the operation that all tools know.
    traced = torch.jit.trace(
        lambda images: on_torch.strided_transposed_convolution(images, kernel, None),
        images,
        check_trace=False,
    )
    assert called
    assert "conv_transpose" in str(traced.graph) or "_convolution" in str(traced.graph)


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
