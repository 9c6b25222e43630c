"""The two that train by `fit`: ours, and a plain Keras model."""

import time

import keras
import numpy as np
from keras import layers, ops

from keras_bvae.benchmark.workload import ADAM_EPSILON, BETA, LEARNING_RATE, Timing

# `kbvae train` reads the logs every 100 steps.
LONGEST_EPOCH = 100


class Ours:
    """`BetaVAE.fit` on `dataset.batches(…)`, as `kbvae train` calls it.

    Args:
        workload: `Workload`.
    """

    def __init__(self, workload):
        self.model = workload.model
        self.batches = workload.dataset.batches(
            workload.settings.batch_size, workload.settings.seed, endless=True
        )

    def run(self, steps):
        """Trains about so many steps; returns a `Timing`."""
        epochs, steps_per_epoch = epochs_of(steps)
        clock = FitClock(steps_per_epoch)
        self.model.fit(
            self.batches,
            steps_per_epoch=steps_per_epoch,
            epochs=1 + epochs,
            verbose=0,
            callbacks=[clock],
        )
        return clock.timing()


class KerasFit:
    """A subclassed `keras.Model` with `compute_loss`, trained by `fit`.

    Plain `keras.layers`, Keras' own train step, no logs but the loss. Images are a
    uint8 array on TensorFlow and a `PyDataset` elsewhere: whichever is faster there.

    Args:
        workload: `Workload`.
    """

    def __init__(self, workload):
        self.batch_size = workload.settings.batch_size
        self.images = workload.images
        self.model = PlainBetaVAE(workload.layers)
        self.model.compile(keras.optimizers.Adam(LEARNING_RATE, epsilon=ADAM_EPSILON))

    def run(self, steps):
        """Trains about so many steps; returns a `Timing`."""
        epochs, steps_per_epoch = epochs_of(steps)
        clock = FitClock(steps_per_epoch)
        self.model.fit(
            self._data((1 + epochs) * steps_per_epoch),
            batch_size=self._batch_size,
            steps_per_epoch=steps_per_epoch,
            epochs=1 + epochs,
            shuffle=self._shuffles,
            verbose=0,
            callbacks=[clock],
        )
        return clock.timing()

    @property
    def _takes_arrays(self):
        return keras.backend.backend() == "tensorflow"

    @property
    def _batch_size(self):
        return self.batch_size if self._takes_arrays else None

    @property
    def _shuffles(self):
        return self._takes_arrays  # the other source shuffles by itself

    def _data(self, steps):
        if not self._takes_arrays:
            return _Batches(self.images, self.batch_size)
        # Keras opens an array anew at its end: one long enough for the whole `fit`.
        return np.resize(self.images, (steps * self.batch_size, *self.images.shape[1:]))


class FitClock(keras.callbacks.Callback):
    """Runs from the end of the first epoch to the end of the last.

    The first epoch opens the data and, the first time, compiles; Keras has read its
    logs when it ends, so nothing is left on the device. No method is called for each
    batch: that would slow Keras down.

    Args:
        steps_per_epoch: int.
    """

    def __init__(self, steps_per_epoch):
        super().__init__()
        self.steps_per_epoch = steps_per_epoch
        self.ends = []
        self.loss = float("nan")

    def on_epoch_end(self, epoch, logs=None):
        self.loss = float(logs["loss"])
        self.ends.append(time.perf_counter())

    def timing(self):
        """`Timing` of all epochs but the first."""
        steps = (len(self.ends) - 1) * self.steps_per_epoch
        return Timing(steps, self.ends[-1] - self.ends[0], self.loss)


def epochs_of(steps):
    """Cuts a run into epochs, so that the first, which is not timed, is a small part.

    Args:
        steps: int >= 1, to be timed.

    Returns:
        `(epochs, steps_per_epoch)`, ints whose product is about `steps`.
    """
    steps_per_epoch = min(max(steps // 4, 1), LONGEST_EPOCH)
    return round(steps / steps_per_epoch), steps_per_epoch


class _Batches(keras.utils.PyDataset):
    """Shuffled batches without end."""

    def __init__(self, images, batch_size):
        super().__init__()
        self.images = images
        self.batch_size = batch_size
        self.order = np.random.default_rng(0).permutation(len(images))

    @property
    def num_batches(self):
        return None

    def __getitem__(self, index):
        batches = len(self.images) // self.batch_size
        start = index % batches * self.batch_size
        if start == 0:
            np.random.default_rng(index).shuffle(self.order)
        return self.images[self.order[start : start + self.batch_size]]


class PlainBetaVAE(keras.Model):
    """A β-VAE as a user of Keras writes one.

    Args:
        layer_list: `LayerList`, the networks and their initial weights.
    """

    def __init__(self, layer_list):
        super().__init__()
        self.encoder = keras.Sequential(
            [keras.Input(layer_list.encoder[0].input_shape)]
            + [_keras_layer(layer) for layer in layer_list.encoder]
        )
        self.mean, self.log_variance = (
            _keras_layer(layer, dtype="float32") for layer in layer_list.heads
        )
        self.decoder = keras.Sequential(
            [keras.Input(layer_list.decoder[0].input_shape)]
            + [_keras_layer(layer) for layer in layer_list.decoder]
        )
        self.noise = keras.random.SeedGenerator(0)
        self.build((None, *layer_list.encoder[0].input_shape))
        self._take_weights(layer_list)

    def build(self, input_shape):
        features = self.encoder.output_shape
        self.mean.build(features)
        self.log_variance.build(features)
        self.built = True

    def _take_weights(self, layer_list):
        parts = [*self.encoder.layers, self.mean, self.log_variance]
        parts += self.decoder.layers
        for part, layer in zip(parts, layer_list.layers, strict=True):
            if layer.kernel is not None:
                part.set_weights([layer.kernel, layer.bias])

    def call(self, images):
        features = self.encoder(ops.cast(images, "float32") / 255.0)
        mean, log_variance = self.mean(features), self.log_variance(features)
        noise = keras.random.normal(ops.shape(mean), seed=self.noise)
        codes = mean + ops.exp(0.5 * log_variance) * noise
        return mean, log_variance, self.decoder(codes)

    def compute_loss(self, x, y, y_pred, sample_weight=None, training=True):
        mean, log_variance, logits = y_pred
        images = ops.cast(x, "float32") / 255.0
        logits = ops.cast(logits, "float32")
        reconstruction = ops.sum(
            ops.binary_crossentropy(images, logits, from_logits=True), axis=(1, 2, 3)
        )
        kl = 0.5 * ops.sum(
            ops.square(mean) + ops.exp(log_variance) - log_variance - 1, axis=1
        )
        return ops.mean(reconstruction + BETA * kl)


def _keras_layer(layer, dtype=None):
    if layer.kind == "flatten":
        return layers.Flatten(data_format="channels_last")
    if layer.kind == "reshape":
        return layers.Reshape(layer.output_shape)
    activation = layer.activation
    if layer.kind == "dense":
        return layers.Dense(layer.bias.size, activation=activation, dtype=dtype)
    kinds = {"convolution": layers.Conv2D, "transposed": layers.Conv2DTranspose}
    return kinds[layer.kind](
        layer.bias.size,
        layer.kernel.shape[0],
        strides=2,
        padding="same",
        activation=activation,
        data_format="channels_last",
    )
