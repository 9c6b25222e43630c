"""Codes of images, images of codes, and a running mean that keeps the latents apart."""

import keras
import numpy as np
from keras import ops

from keras_bvae.datasets.images import as_array
from keras_bvae.errors import InvalidValue
from keras_bvae.models.several_devices import cut_if_equal
from keras_bvae.rules import require_whole


class Inference:
    """Mixin before `keras.Model`: `encode` and `decode`, batched, on any backend."""

    def encode(self, images, batch_size=256, condition=None):
        """Posterior parameters of images.

        Args:
            images: array `(n, height, width, channels)`, uint8 or float in [0, 1].
            batch_size: int, images that go through the network at once.
            condition: classes, of a model with a condition; see `condition_of`.

        Returns:
            `(mean, log_variance)`: NumPy float32, each `(n, latent_dim)`.

        Raises:
            ValueError: the images have another size than the network, are not
                finite or lie outside [0, 1].
        """
        condition = self._given_for(images, condition)
        images = as_array(images)
        self._look_ahead(images, training=None)
        mean, log_variance = _in_batches(
            self.encoder, images, batch_size, condition, self._network_input_of_array
        )
        return mean, log_variance

    def decode(self, codes, batch_size=256, condition=None):
        """Expected images of codes.

        Args:
            codes: array `(n, latent_dim)`.
            batch_size: int.
            condition: classes, of a model with a condition; see `condition_of`.

        Returns:
            NumPy float32 in [0, 1], `(n, height, width, channels)`.

        Raises:
            ValueError: the codes have another length than the network or are not
                finite.
        """
        codes = _as_codes(codes)
        if codes.ndim != 2 or codes.shape[1] != self.latent_dim:
            raise InvalidValue(
                f"Codes must have shape (n, {self.latent_dim}) for this model; "
                f"received shape {codes.shape}. Give one row a picture."
            )
        if not np.isfinite(codes).all():
            raise InvalidValue(
                "Codes must be finite; received "
                f"{np.count_nonzero(~np.isfinite(codes))} values that are not. "
                "Look for a division by 0 where they were made."
            )
        condition = self._given_for(codes, condition)
        (output,) = _in_batches(self.decoder, codes, batch_size, condition)
        image = self.expected_image(ops.convert_to_tensor(output))
        return ops.convert_to_numpy(image)

    def log_likelihood(self, images, codes, batch_size=256, condition=None):
        """log p(image | code), of each image under a code of its own.

        Args:
            images: array `(n, height, width, channels)`, uint8 or float in [0, 1].
            codes: array `(n, latent_dim)`, or `(n, samples, latent_dim)`.
            batch_size: int, codes that go through the decoder at once.
            condition: classes, of a model with a condition; see `condition_of`.

        Returns:
            NumPy float32, `(n,)` or `(n, samples)`, in nats, summed over pixels.

        Raises:
            ValueError: an image has another size, or there is another number of codes.
        """
        condition = self._given_for(images, condition)
        images, codes = as_array(images), _as_codes(codes)
        self._look_ahead(images, training=None)
        fits = codes.ndim in (2, 3) and codes.shape[-1] == self.latent_dim
        if not fits or len(codes) != len(images):
            raise InvalidValue(
                "Every image must have a code, (n, latent_dim) or (n, samples, "
                f"latent_dim); received {len(images)} images and codes of shape "
                f"{codes.shape} for {self.latent_dim} latents. Draw them from `encode`."
            )
        _require_batch_size(batch_size)
        rows = codes.reshape(-1, self.latent_dim)
        numbers = np.repeat(np.arange(len(images)), len(rows) // max(len(images), 1))
        parts = []
        for start in range(0, len(rows), batch_size):
            part = slice(start, start + batch_size)
            given = None if condition is None else condition[numbers[part]]
            (output,) = _in_batches(self.decoder, rows[part], batch_size, given)
            targets = self._network_input_of_array(images[numbers[part]])
            term = self.reconstruction(
                ops.convert_to_tensor(targets),
                ops.convert_to_tensor(output),
            )
            parts.append(-ops.convert_to_numpy(term))
        return np.concatenate(parts).reshape(codes.shape[:-1])

    def _given_for(self, rows, condition):
        """The condition of images or codes, one-hot `(n, condition_width)`, or None."""
        if self.condition is None and condition is None:
            return None
        return self.one_hot_array(self.condition_of(rows, condition))


class LatentMean(keras.metrics.Metric):
    """Weighted running mean of a vector; `result()` is a dict `kl_0`, `kl_1`, …

    Args:
        latent_dim: int, the vector's length.
        prefix: what the keys start with.
    """

    def __init__(self, latent_dim, prefix="kl", name="kl_of_each_latent"):
        super().__init__(name=name)
        self.prefix = prefix
        self.latent_dim = latent_dim
        self.total = self.add_variable((latent_dim,), initializer="zeros", name="total")
        self.count = self.add_variable((), initializer="zeros", name="count")

    def update_state(self, values, sample_weight=1.0):
        weight = ops.cast(sample_weight, self.dtype)
        self.total.assign_add(ops.cast(values, self.dtype) * weight)
        self.count.assign_add(weight)

    def result(self):
        mean = ops.divide_no_nan(self.total.value, self.count.value)
        return {
            f"{self.prefix}_{index}": mean[index] for index in range(self.latent_dim)
        }


def _as_codes(codes):
    try:
        return np.asarray(codes, "float32")
    except (TypeError, ValueError) as error:
        raise InvalidValue(
            "Codes must be an array of numbers, one row a picture; received "
            f"{type(codes).__name__} ({error}). Take those that `encode` returns."
        ) from error


def _in_batches(network, rows, batch_size, condition=None, prepare=None):
    """The network's outputs in batches of one fixed size, so that it compiles once."""
    _require_batch_size(batch_size)
    batch_size = _batch_size_for(len(rows), batch_size)
    parts = []
    for start in range(0, max(len(rows), 1), batch_size):
        batch = rows[start : start + batch_size]
        count = len(batch)
        batch = batch if prepare is None else prepare(batch)
        batch = _padded(batch, batch_size)
        inputs = batch
        if condition is not None:
            given = condition[start : start + batch_size]
            inputs = [batch, _padded(given, batch_size)]
        # `predict` would build a pipeline for every call: on TensorFlow two thirds as
        # fast.
        with cut_if_equal(batch):
            outputs = network.predict_on_batch(inputs)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        parts.append([np.asarray(o[:count], "float32") for o in outputs])
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _require_batch_size(batch_size):
    require_whole("batch_size", batch_size, least=1, advice="256 is the default.")


def _batch_size_for(count, batch_size):
    """The batch size, or for fewer rows the least power of two that holds them."""
    return min(batch_size, 1 << max(count - 1, 0).bit_length())


def _padded(rows, batch_size):
    missing = -len(rows) % batch_size or (batch_size if len(rows) == 0 else 0)
    if not missing:
        return rows
    return np.concatenate([rows, np.zeros((missing, *rows.shape[1:]), rows.dtype)])
