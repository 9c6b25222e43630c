"""What JAX alone has; what all backends share is tested in test_engine.py."""

import keras
import pytest

if keras.backend.backend() != "jax":
    pytest.skip("JAX's engine needs the jax backend", allow_module_level=True)

import jax
import jax.numpy as jnp
from jax import lax

from keras_bvae.engine import on_jax

CHANNELS_LAST = ("NHWC", "HWIO", "NHWC")


def convolve(images, kernel, **arguments):
    return lax.conv_general_dilated(
        images, kernel, (2, 2), "SAME", dimension_numbers=CHANNELS_LAST, **arguments
    )


def is_slow(function):
    images, kernel = jnp.ones((2, 8, 8, 3)), jnp.ones((4, 4, 3, 5))
    return on_jax._is_slow_in_a_loop(jax.make_jaxpr(function)(images, kernel))


def test_a_forward_convolution_is_fast_in_a_loop():
    assert not is_slow(convolve)
    assert not is_slow(lambda images, kernel: images.sum() + kernel.sum())


def test_its_plain_gradients_are_not():
    gradient = jax.grad(lambda i, k: convolve(i, k).sum(), argnums=1)
    assert is_slow(gradient)
    assert is_slow(jax.jit(gradient))  # also within another function
    assert is_slow(lambda i, k: lax.fori_loop(0, 3, lambda _, x: gradient(i, x), k))


def test_other_layouts_and_dilations_are_not():
    assert is_slow(lambda i, k: convolve(i, k, rhs_dilation=(2, 2)))
    assert is_slow(
        lambda i, k: lax.conv_general_dilated(
            i.transpose(0, 3, 1, 2), k.transpose(3, 2, 0, 1), (2, 2), "SAME"
        )
    )
