"""A training loop in plain TensorFlow: a `tf.function`, with or without XLA."""

import time

import tensorflow as tf

from keras_bvae.benchmark.workload import (
    ADAM_BETAS,
    ADAM_EPSILON,
    BETA,
    LEARNING_RATE,
    Timing,
)

_ACTIVATIONS = {"relu": tf.nn.relu, "tanh": tf.tanh, "linear": tf.identity}


class TensorFlowLoop:
    """One `tf.function` a step; images lie on the device as uint8; fused Adam.

    Args:
        workload: `Workload`.
        compiled: bool, whether XLA compiles the step: `jit_compile=True`.
    """

    def __init__(self, workload, compiled=False):
        self.layers = workload.layers
        self.batch_size = workload.settings.batch_size
        is_mixed = workload.settings.precision == "bfloat16"
        self.dtype = tf.bfloat16 if is_mixed else tf.float32
        self.images = tf.constant(workload.images)
        self.order, self.place = None, len(workload.images)
        self.weights = [
            tf.Variable(array)
            for layer in self.layers.layers
            if layer.kernel is not None
            for array in (layer.kernel, layer.bias)
        ]
        self.first = [tf.Variable(tf.zeros_like(w)) for w in self.weights]
        self.second = [tf.Variable(tf.zeros_like(w)) for w in self.weights]
        self.powers = [tf.Variable(beta) for beta in ADAM_BETAS]
        self.step = tf.function(self._step, jit_compile=compiled)

    @property
    def parameters(self):
        """Number of weights, int."""
        return sum(int(tf.size(weight)) for weight in self.weights)

    def run(self, steps):
        """Trains so many steps; returns a `Timing`."""
        begin = time.perf_counter()
        for _ in range(steps):
            if self.place + self.batch_size > len(self.images):
                self.order = tf.random.shuffle(tf.range(len(self.images)))
                self.place = 0
            rows = self.order[self.place : self.place + self.batch_size]
            loss = self.step(self.images, rows)
            self.place += self.batch_size
        loss = float(loss)  # waits for the device
        return Timing(steps, time.perf_counter() - begin, loss)

    def _step(self, images, rows):
        batch = tf.cast(tf.gather(images, rows), tf.float32) / 255.0
        with tf.GradientTape() as tape:
            loss = self._loss(batch)
        gradients = tape.gradient(loss, self.weights)
        self._adam(gradients)
        return loss

    def _loss(self, images):
        weights = iter(self.weights)
        features = self._chain(self.layers.encoder, weights, images)
        mean, log_variance = (
            self._apply(head, weights, features, tf.float32)
            for head in self.layers.heads
        )
        codes = mean + tf.exp(0.5 * log_variance) * tf.random.normal(mean.shape)
        logits = tf.cast(self._chain(self.layers.decoder, weights, codes), tf.float32)
        reconstruction = tf.reduce_sum(
            tf.nn.sigmoid_cross_entropy_with_logits(labels=images, logits=logits)
        )
        kl = 0.5 * tf.reduce_sum(
            tf.square(mean) + tf.exp(log_variance) - log_variance - 1
        )
        return (reconstruction + BETA * kl) / self.batch_size

    def _chain(self, layers, weights, x):
        for layer in layers:
            x = self._apply(layer, weights, x, self.dtype)
        return x

    def _apply(self, layer, weights, x, dtype):
        if layer.kernel is None:
            return tf.reshape(x, (-1, *layer.output_shape))
        kernel, bias = (tf.cast(next(weights), dtype) for _ in range(2))
        x = tf.cast(x, dtype)
        if layer.kind == "dense":
            x = tf.matmul(x, kernel)
        elif layer.kind == "convolution":
            x = tf.nn.conv2d(x, kernel, strides=2, padding="SAME")
        else:
            shape = (self.batch_size, *layer.output_shape)
            x = tf.nn.conv2d_transpose(x, kernel, shape, strides=2, padding="SAME")
        return _ACTIVATIONS[layer.activation](tf.nn.bias_add(x, bias))

    def _adam(self, gradients):
        beta1, beta2 = ADAM_BETAS
        states = zip(self.weights, self.first, self.second, gradients, strict=True)
        for weight, first, second, gradient in states:
            tf.raw_ops.ResourceApplyAdam(
                var=weight.handle,
                m=first.handle,
                v=second.handle,
                beta1_power=self.powers[0],
                beta2_power=self.powers[1],
                lr=LEARNING_RATE,
                beta1=beta1,
                beta2=beta2,
                epsilon=ADAM_EPSILON,
                grad=gradient,
            )
        for power, beta in zip(self.powers, ADAM_BETAS, strict=True):
            power.assign(power * beta)
