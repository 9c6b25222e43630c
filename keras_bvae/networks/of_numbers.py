"""Networks for what are no images: dense, and convolutions over time or space.

No paper has them: they follow the rules of `conv`, which is ours too.
"""

import math

import keras
from keras import layers

from keras_bvae.errors import InvalidValue
from keras_bvae.layers import Conv3D, Conv3DTranspose
from keras_bvae.networks.convolutional import halved, joined, posterior_head

# As wide as four times the input, within these, at a power of two.
_NARROWEST, _WIDEST = 64, 1024
_KERNEL = 4
_SHORTEST = 8  # a side that is halved once at least
_LARGEST_MAP = 7
_FILTERS = (32, 32, 64, 64, 128, 128)
_STRIDED = {
    "strides": 2,
    "padding": "same",
    "activation": "relu",
    "data_format": "channels_last",
}
_LAYERS = {
    1: (layers.Conv1D, layers.Conv1DTranspose, layers.Cropping1D),
    3: (Conv3D, Conv3DTranspose, layers.Cropping3D),
}


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


def strided_networks(shape, latent_dim, condition=0):
    """Convolutions of stride 2 over time or space, dense 256, mirrored.

    Sides are halved until the shortest is 4 to 7; odd ones are halved upwards, and the
    decoder cuts off what is too many.

    Args:
        shape: `(time, channels)` or `(depth, height, width, channels)`, each side but
            the channels 8 or more.
        latent_dim: int.
        condition: int, width of the second input; 0: none.

    Returns:
        Two `keras.Model`s; see `keras_bvae.networks.build`.
    """
    *sides, channels = shape
    convolution, transposed, cropping = _LAYERS[len(sides)]
    maps = [tuple(sides)]
    while min(maps[-1]) > _LARGEST_MAP:
        maps.append(tuple(map(halved, maps[-1])))
    depth = len(maps) - 1
    filters = [_FILTERS[min(index, len(_FILTERS) - 1)] for index in range(depth)]

    x = inputs = keras.Input(shape, name="values")
    for index, count in enumerate(filters, 1):
        x = convolution(count, _KERNEL, name=f"conv{index}", **_STRIDED)(x)
    x = layers.Flatten(name="flatten")(x)
    x, both = joined(x, inputs, condition)
    x = layers.Dense(256, activation="relu", name="dense1")(x)
    encoder = keras.Model(both, posterior_head(x, latent_dim), name="encoder")

    smallest = (*maps[-1], filters[-1])
    codes = keras.Input((latent_dim,), name="codes")
    x, both = joined(codes, codes, condition)
    for index, units in enumerate((256, math.prod(smallest)), 1):
        x = layers.Dense(units, activation="relu", name=f"dense{index}")(x)
    x = layers.Reshape(smallest, name="reshape")(x)
    for index, count in enumerate([*filters[-2::-1], channels], 1):
        activation = None if index == depth else "relu"
        options = {**_STRIDED, "activation": activation, "name": f"deconv{index}"}
        x = transposed(count, _KERNEL, **options)(x)
        x = _cut(x, maps[depth - index], cropping, f"cut{index}")
    return encoder, keras.Model(both, x, name="decoder")


def _cut(x, sides, cropping, name):
    """Without what lies beyond `sides`."""
    excess = [have - want for have, want in zip(x.shape[1:-1], sides, strict=True)]
    if not any(excess):
        return x
    counts = [(0, count) for count in excess]
    # Of one axis Keras takes the pair itself.
    options = {} if len(counts) == 1 else {"data_format": "channels_last"}
    return cropping(counts[0] if len(counts) == 1 else counts, name=name, **options)(x)


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
