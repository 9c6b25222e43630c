"""A training loop in plain JAX, as a careful user writes it."""

import time

import jax
import jax.numpy as jnp
from jax import lax

from keras_bvae.benchmark.workload import (
    ADAM_BETAS,
    ADAM_EPSILON,
    BETA,
    LEARNING_RATE,
    Timing,
)

_LAYOUT = ("NHWC", "HWIO", "NHWC")
_ACTIVATIONS = {"relu": jax.nn.relu, "tanh": jnp.tanh, "linear": lambda x: x}


class JaxLoop:
    """One jitted step that owns its state; images lie on the device as uint8.

    Args:
        workload: `Workload`.
    """

    def __init__(self, workload):
        self.layers = workload.layers
        self.batch_size = workload.settings.batch_size
        is_mixed = workload.settings.precision == "bfloat16"
        self.dtype = jnp.bfloat16 if is_mixed else jnp.float32
        self.images = jnp.asarray(workload.images)
        self.order, self.place = None, len(self.images)
        self.key = jax.random.key(0)
        weights = [
            (jnp.asarray(layer.kernel), jnp.asarray(layer.bias))
            for layer in self.layers.layers
            if layer.kernel is not None
        ]
        zeros = jax.tree.map(jnp.zeros_like, weights)
        second = jax.tree.map(jnp.zeros_like, weights)
        count, key = jnp.zeros((), jnp.int32), jax.random.key(1)
        self.state = weights, zeros, second, count, key
        self.step = jax.jit(self._step, donate_argnums=0)

    @property
    def parameters(self):
        """Number of weights, int."""
        return sum(leaf.size for leaf in jax.tree.leaves(self.state[0]))

    def run(self, steps):
        """Trains so many steps; returns a `Timing`."""
        begin = time.perf_counter()
        for _ in range(steps):
            self._shuffle_at_the_end()
            self.state, loss = self.step(
                self.state, self.images, self.order, self.place
            )
            self.place += self.batch_size
        jax.block_until_ready(self.state)
        return Timing(steps, time.perf_counter() - begin, float(loss))

    def _shuffle_at_the_end(self):
        if self.place + self.batch_size > len(self.images):
            self.key, key = jax.random.split(self.key)
            self.order = jax.random.permutation(key, len(self.images))
            self.place = 0

    def _step(self, state, images, order, place):
        weights, first, second, count, key = state
        key, noise_key = jax.random.split(key)
        rows = lax.dynamic_slice(order, (place,), (self.batch_size,))
        batch = images[rows].astype(jnp.float32) / 255.0
        loss, gradients = jax.value_and_grad(self._loss)(weights, batch, noise_key)
        count = count + 1
        weights, first, second = _adam(weights, gradients, first, second, count)
        return (weights, first, second, count, key), loss

    def _loss(self, weights, images, key):
        weights = iter(weights)
        features = self._chain(self.layers.encoder, weights, images)
        mean, log_variance = (
            self._apply(head, weights, features, jnp.float32)
            for head in self.layers.heads
        )
        noise = jax.random.normal(key, mean.shape)
        codes = mean + jnp.exp(0.5 * log_variance) * noise
        logits = self._chain(self.layers.decoder, weights, codes).astype(jnp.float32)
        reconstruction = jnp.sum(jax.nn.softplus(logits) - images * logits)
        kl = 0.5 * jnp.sum(jnp.square(mean) + jnp.exp(log_variance) - log_variance - 1)
        return (reconstruction + BETA * kl) / len(images)

    def _chain(self, layers, weights, x):
        for layer in layers:
            x = self._apply(layer, weights, x, self.dtype)
        return x

    def _apply(self, layer, weights, x, dtype):
        if layer.kernel is None:
            return x.reshape(len(x), *layer.output_shape)
        kernel, bias = (weight.astype(dtype) for weight in next(weights))
        x = x.astype(dtype)
        if layer.kind == "dense":
            x = x @ kernel
        elif layer.kind == "convolution":
            x = lax.conv_general_dilated(
                x, kernel, (2, 2), "SAME", dimension_numbers=_LAYOUT
            )
        else:
            x = lax.conv_transpose(
                x,
                kernel,
                (2, 2),
                "SAME",
                dimension_numbers=_LAYOUT,
                transpose_kernel=True,
            )
        return _ACTIVATIONS[layer.activation](x + bias)


def _adam(weights, gradients, first, second, count):
    """One step of Adam as in the paper, with the bias corrections in the rate."""
    beta1, beta2 = ADAM_BETAS
    first = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, first, gradients)
    second = jax.tree.map(
        lambda v, g: beta2 * v + (1 - beta2) * g * g, second, gradients
    )
    rate = LEARNING_RATE * jnp.sqrt(1 - beta2**count) / (1 - beta1**count)
    weights = jax.tree.map(
        lambda w, m, v: w - rate * m / (jnp.sqrt(v) + ADAM_EPSILON),
        weights,
        first,
        second,
    )
    return weights, first, second
