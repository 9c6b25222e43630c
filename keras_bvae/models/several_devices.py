"""A model whose batches Keras spreads over several devices.

Keras cuts every batch, on JAX into equal parts. Training asks for batches that can be
cut so; what is only looked at goes whole to every device where they cannot.
"""

import contextlib
import math

from keras_bvae.engine import engine
from keras_bvae.errors import InvalidValue


class SeveralDevices:
    """Mixin before `keras.Model`: batches of any size where nothing is trained."""

    def evaluate(self, x=None, *args, **kwargs):
        with cut_if_equal(x, kwargs.get("batch_size")):
            return super().evaluate(x, *args, **kwargs)

    def predict(self, x, *args, **kwargs):
        with cut_if_equal(x, kwargs.get("batch_size")):
            return super().predict(x, *args, **kwargs)

    def test_on_batch(self, x, *args, **kwargs):
        with cut_if_equal(x):
            return super().test_on_batch(x, *args, **kwargs)

    def predict_on_batch(self, x):
        with cut_if_equal(x):
            return super().predict_on_batch(x)

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        # Keras on TensorFlow would learn the shapes from the average of a batch's
        # parts, which there is only of parts of one size.
        if not self.built:
            super()._maybe_symbolic_build(iterator, data_batch)


def require_equal_parts(data, batch_size, validation_split=0.0):
    """Raises where a training batch could not be cut for the devices in use.

    Args:
        data: `fit`'s x.
        batch_size: int, or None where it is not known.
        validation_split: float, the share of `data` that is not trained on.

    Raises:
        ValueError: a batch, be it the last one of an array, has no equal parts.
    """
    parts = engine.equal_parts()
    if batch_size is None or parts == 1:
        return
    rule = f"Keras spreads each batch over {parts} devices in equal parts"
    if batch_size % parts:
        raise InvalidValue(
            f"{rule}; received batch_size={batch_size}. Use a multiple of {parts}."
        )
    if not hasattr(data, "ndim"):
        return
    count = math.floor(len(data) * (1 - (validation_split or 0.0)))
    if count % batch_size % parts:
        raise InvalidValue(
            f"{rule}; received {count:,} images in batches of {batch_size}, which "
            f"leave {count % batch_size} for the last. Leave out "
            f"{count % batch_size % parts}, or train on a data set's batches, which "
            "are all of one size."
        )


def cut_if_equal(data, batch_size=None):
    """A context in which Keras reads `data`: whole where it has no equal parts."""
    parts = engine.equal_parts()
    if parts == 1 or not hasattr(data, "shape"):
        return contextlib.nullcontext()
    count = len(data)
    batch_size = min(batch_size or 32, count) or 1
    if batch_size % parts or count % batch_size % parts:
        return engine.undivided()
    return contextlib.nullcontext()
