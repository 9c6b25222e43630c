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
from keras_bvae.models.categories import blocks_of

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
# Of a normalisation one draw of weights may hold all on one side of 0; of these, none.
_DRAWS = 8
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


def require_logits(
    decoder, latent_dim, likelihood="bernoulli", categories=(), condition_width=0
):
    """Raises if what must be logits is bounded as none are.

    That is all of a Bernoulli decoder's output but what belongs to categorical columns:
    there log probabilities, say, are as good as any; only probabilities are not.

    Weights are drawn for it, and put nowhere: what a decoder returns before training
    is small, and tells nothing. Nothing random moves by that.

    Args:
        decoder: built Keras model or layer, codes `(batch, latent_dim)` to `(batch,
            height, width, channels)`.
        latent_dim: int.
        likelihood: "bernoulli" or "gaussian", whose means need not be logits.
        categories: tuple of ints, classes of the blocks at the end of the last axis.
        condition_width: int, of the second input; 0: there is none.

    Raises:
        ValueError: a channel never goes below -1, or never above 1, whatever the code;
            or all logits of a block stay between 0 and 1.
    """
    if likelihood != "bernoulli" and not categories:
        return
    weights = _trained_weights(decoder)
    if _ends_in_a_linear_layer(decoder) or not weights:
        return
    lows, highs = np.inf, -np.inf  # of each channel
    for seed in range(_DRAWS):
        output = _random_output(decoder, weights, latent_dim, seed, condition_width)
        if output is None:
            return
        pixels = output.reshape(-1, output.shape[-1])
        lows = np.minimum(lows, pixels.min(axis=0))
        highs = np.maximum(highs, pixels.max(axis=0))
        blocks = blocks_of(categories, len(lows))
        count = len(lows) - sum(categories) if likelihood == "bernoulli" else 0
        fault = _of_log_odds(lows[:count], highs[:count]) or _of_blocks(
            lows, highs, blocks
        )
        if fault is None:
            return
    raise fault


def _of_log_odds(lows, highs):
    """The error where a channel is bounded as no log odds are, or None."""
    is_bounded = (lows >= -_LEAST_REACH) | (highs <= _LEAST_REACH)
    is_bounded &= highs - lows >= 1e-6  # constant: nothing can be said of it
    if not is_bounded.any():
        return None
    low, high = (float(ends[is_bounded][0]) for ends in (lows, highs))
    return InvalidValue(
        "A decoder for the bernoulli likelihood must return logits, which run from "
        "far below 0 to far above; received one whose output stays between "
        f"{low:.3g} and {high:.3g}, as behind {_activation(low, high)}. Remove "
        "that activation: the model applies a sigmoid where it is needed."
    )


def _of_blocks(lows, highs, blocks):
    """The error where a block's output is probabilities already, or None."""
    for number, block in enumerate(blocks):
        low, high = float(lows[block].min()), float(highs[block].max())
        if high - low >= 1e-6 and low > -1e-3 and high < 1 + 1e-3:
            return InvalidValue(
                "A decoder must return logits of a softmax for categorical columns; "
                f"received one whose output for block {number} stays between {low:.3g} "
                f"and {high:.3g}, as behind {_activation(low, high)}. Remove that "
                "activation: the model applies a softmax where it is needed."
            )
    return None


def _trained_weights(decoder):
    """What training would move, be it frozen for now or not."""
    return [
        v for layer in decoder._flatten_layers() for v in layer._trainable_variables
    ]


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


def _random_output(decoder, weights, latent_dim, seed, condition_width=0):
    """The output of random codes under random weights; None where there is none."""
    rng = np.random.default_rng(seed)
    codes = np.concatenate(
        [scale * rng.normal(size=(_CODES, latent_dim)) for scale in _SCALES]
    )
    codes = codes.astype("float32")
    if condition_width:
        given = np.eye(condition_width, dtype="float32")
        codes = [codes, given[np.arange(len(codes)) % condition_width]]
    drawn = {id(v): _random_like(v, rng) for v in weights}
    values = [(v, drawn.get(id(v), v.value)) for v in decoder.variables]
    try:
        # Where weights and random states change for nobody else.
        with keras.StatelessScope(values), warnings.catch_warnings():
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
