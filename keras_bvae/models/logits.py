"""Whether what a decoder returns can be logits: an activation at its end shows.

A sigmoid in the very last layer has a name. Behind a Reshape, in a nested model or as
an operation it has none, but what it returns never leaves [0, 1].
"""

import contextlib
import contextvars
import warnings

import keras
import numpy as np
from keras import layers

from keras_bvae.errors import InvalidValue

# Layers that move values and change none.
_MOVES = (
    layers.Reshape,
    layers.Flatten,
    layers.Permute,
    layers.Cropping2D,
    layers.Dropout,
)
_LINEAR = (layers.Dense, layers.Conv2D, layers.Conv2DTranspose)
# Codes as the prior draws them, and far out: logits follow, and what is squashed stays.
_SCALES, _CODES = (1.0, 30.0), 64
# Logits of 1 and -1 are probabilities of 0.73 and 0.27.
_LEAST_REACH = 1.0

_is_loading = contextvars.ContextVar("_is_loading", default=False)


@contextlib.contextmanager
def loading():
    """Around what makes a model from its config, which was looked at when it was new.

    A file is then read at full speed, and one of an earlier version can be looked at;
    to train on, its decoder must pass.
    """
    token = _is_loading.set(True)
    try:
        yield
    finally:
        _is_loading.reset(token)


def is_loading():
    """Whether a model is being made from its config."""
    return _is_loading.get()


def require_logits(decoder, latent_dim, condition_width=0):
    """Raises if a Bernoulli decoder's output is bounded as no logits are.

    Weights are drawn for it, and put nowhere: what a decoder returns before training
    is small, and tells nothing. Nothing random moves by that.

    Args:
        decoder: built Keras model or layer, codes `(batch, latent_dim)` to `(batch,
            height, width, channels)`.
        latent_dim: int.
        condition_width: int, of the second input; 0: there is none.

    Raises:
        ValueError: a channel never goes below -1, or never above 1, whatever the code.
    """
    if _ends_in_a_linear_layer(decoder) or not decoder.trainable_variables:
        return
    output = _random_output(decoder, latent_dim, condition_width)
    if output is None:
        return
    for values in np.moveaxis(output, -1, 0).reshape(output.shape[-1], -1):
        low, high = float(values.min()), float(values.max())
        # Constant: nothing can be said of it.
        if high - low < 1e-6 or (low < -_LEAST_REACH and high > _LEAST_REACH):
            continue
        raise InvalidValue(
            "A decoder for the bernoulli likelihood must return logits, which run from "
            "far below 0 to far above; received one whose output stays between "
            f"{low:.3g} and {high:.3g}, as behind {_activation(low, high)}. Remove "
            "that activation: the model applies a sigmoid where it is needed."
        )


def _ends_in_a_linear_layer(network):
    """Whether the last layer that makes values is known to bound none of them."""
    for operation in reversed(_operations(network)):
        if not type(operation).__module__.startswith(("keras.", "keras_bvae.")):
            return False  # a user's own, which may do more than its parent
        if isinstance(operation, keras.Model):
            return _ends_in_a_linear_layer(operation)
        if not isinstance(operation, _MOVES):
            is_linear = getattr(operation, "activation", None) in (
                None,
                keras.activations.linear,
            )
            return is_linear and isinstance(operation, _LINEAR)
    return False


def _operations(network):
    """What a network of Keras's own kinds does, in order; of others nothing."""
    if not type(network).__module__.startswith("keras."):
        return []
    is_chain = isinstance(network, keras.Sequential)
    return network.layers if is_chain else getattr(network, "operations", [])


def _random_output(decoder, latent_dim, condition_width):
    """The output of random codes under random weights; None where there is none."""
    rng = np.random.default_rng(0)
    codes = np.concatenate(
        [scale * rng.normal(size=(_CODES, latent_dim)) for scale in _SCALES]
    )
    codes = codes.astype("float32")
    if condition_width:
        given = np.eye(condition_width, dtype="float32")
        codes = [codes, given[np.arange(len(codes)) % condition_width]]
    weights = [(v, _random_like(v, rng)) for v in decoder.trainable_variables]
    state = [(v, v.value) for v in decoder.non_trainable_variables]
    try:
        # Where weights and random states change for nobody else.
        with keras.StatelessScope([*weights, *state]), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outputs = decoder(codes, training=False)
            output = keras.ops.convert_to_numpy(keras.ops.cast(outputs, "float32"))
    except Exception:  # a network that cannot be called so: the first step will show it
        return None
    if output.ndim < 2:
        return None
    is_finite = np.isfinite(output).all(axis=tuple(range(1, output.ndim)))
    return output[is_finite] if is_finite.any() else None


def _random_like(variable, rng):
    """Values of a variable's shape that keep the size of what they are applied to."""
    shape = tuple(variable.shape)
    inputs = np.prod(shape[:-1]) if len(shape) > 1 else 1
    values = rng.normal(size=shape) * 2 / np.sqrt(max(inputs, 1))
    return keras.ops.convert_to_tensor(values.astype("float32"), dtype=variable.dtype)


def _activation(low, high):
    if high > _LEAST_REACH + 1e-3:
        return "a ReLU"
    return "a sigmoid or softmax" if low > -1e-3 else "a tanh"
