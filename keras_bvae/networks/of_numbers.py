"""Dense networks for data of any shape, and which shapes are too short for others.

No paper has them.
"""

import math

import keras
from keras import layers

from keras_bvae.errors import InvalidValue
from keras_bvae.networks.convolutional import joined, posterior_head

# As wide as four times the input, within these, at a power of two.
_NARROWEST, _WIDEST = 64, 1024
_SHORTEST = 8  # a side that is halved once at least


def dense_networks(shape, latent_dim, condition=0):
    """Encoder and decoder of two hidden layers each, ReLU, mirrored.

    Args:
        shape: of one example, any number of axes.
        latent_dim: int.
        condition: int, width of the second input; 0: none.

    Returns:
        Two `keras.Model`s; see `keras_bvae.networks.build`.
    """
    size = math.prod(shape)
    power = 2 ** math.ceil(math.log2(4 * size))
    units = min(max(power, _NARROWEST), _WIDEST)
    x = inputs = keras.Input(shape, name="values")
    if len(shape) > 1:
        x = layers.Flatten(name="flatten")(x)
    x, both = joined(x, inputs, condition)
    for index in (1, 2):
        x = layers.Dense(units, activation="relu", name=f"dense{index}")(x)
    encoder = keras.Model(both, posterior_head(x, latent_dim), name="encoder")
    codes = keras.Input((latent_dim,), name="codes")
    x, both = joined(codes, codes, condition)
    for index in (1, 2):
        x = layers.Dense(units, activation="relu", name=f"dense{index}")(x)
    x = layers.Dense(size, name="values")(x)
    if len(shape) > 1:
        x = layers.Reshape(shape, name="reshape")(x)
    return encoder, keras.Model(both, x, name="decoder")


def require_long_enough(network, shape):
    """Raises unless each side but the channels can be halved once.

    Raises:
        ValueError: one is shorter than 8.
    """
    if min(shape[:-1]) < _SHORTEST:
        raise InvalidValue(
            f"The {network} network takes data of {_SHORTEST} or more along each axis; "
            f"received the shape {tuple(shape)}. Use the dense network mlp."
        )
