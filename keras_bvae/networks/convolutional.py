"""What convolutional networks are built of: encoder, decoder, the posterior's head."""

import math

import keras
from keras import layers

from keras_bvae.errors import InvalidValue
from keras_bvae.layers import Conv2D, Conv2DTranspose, Conv3D, Conv3DTranspose

# Channels last whatever keras.json says: images here are (height, width, channels).
_STRIDED = {
    "strides": 2,
    "padding": "same",
    "activation": "relu",
    "data_format": "channels_last",
}


# By the axes of time or space: how a map shrinks, how it grows, what cuts it.
_LAYERS = {
    1: (layers.Conv1D, layers.Conv1DTranspose, layers.Cropping1D),
    2: (Conv2D, Conv2DTranspose, layers.Cropping2D),
    3: (Conv3D, Conv3DTranspose, layers.Cropping3D),
}


def convolutional_encoder(
    image_shape, latent_dim, filters, kernels, dense, condition=0
):
    """Convolutions of stride 2 with ReLU, dense layers with ReLU, posterior head.

    Args:
        image_shape: `(height, width, channels)`, or with one or three axes in their
            place, of series and volumes.
        latent_dim: int.
        filters, kernels: one int a convolution.
        dense: one int a dense layer.
        condition: int, width of the second input; 0: none.

    Returns:
        `keras.Model` from images to `[mean, log_variance]`.
    """
    axes = len(image_shape) - 1
    convolution = _LAYERS[axes][0]
    images = keras.Input(image_shape, name="images" if axes == 2 else "values")
    x = images
    for index, (count, kernel) in enumerate(zip(filters, kernels, strict=True), 1):
        x = convolution(count, kernel, name=f"conv{index}", **_STRIDED)(x)
    x = layers.Flatten(name="flatten")(x)
    x, inputs = joined(x, images, condition)
    for index, units in enumerate(dense, 1):
        x = layers.Dense(units, activation="relu", name=f"dense{index}")(x)
    return keras.Model(inputs, posterior_head(x, latent_dim), name="encoder")


def convolutional_decoder(image_shape, latent_dim, filters, dense, condition=0):
    """Dense layers with ReLU, transposed convolutions (4×4, stride 2), no activation.

    Each doubles its map; where the encoder halved an odd side, the last row or column
    is cut off again.

    Args:
        image_shape: as for `convolutional_encoder`.
        latent_dim: int.
        filters: one int a transposed convolution but the last, which has one filter a
            channel. The first also counts the channels of the smallest map.
        dense: one int a dense layer before the one that makes the smallest map.
        condition: int, width of the second input; 0: none.

    Returns:
        `keras.Model` from codes to logits or means, shape `(batch, *image_shape)`.
    """
    *sides, channels = image_shape
    _, transposed, cropping = _LAYERS[len(sides)]
    maps = _maps(tuple(sides), len(filters))
    smallest = (*maps[-1], filters[0])
    codes = keras.Input((latent_dim,), name="codes")
    x, inputs = joined(codes, codes, condition)
    for index, units in enumerate([*dense, math.prod(smallest)], 1):
        x = layers.Dense(units, activation="relu", name=f"dense{index}")(x)
    x = layers.Reshape(smallest, name="reshape")(x)
    last = len(filters)
    for index, count in enumerate([*filters[1:], channels], 1):
        activation = None if index == last else "relu"
        options = {**_STRIDED, "activation": activation, "name": f"deconv{index}"}
        x = transposed(count, 4, **options)(x)
        x = _cut(x, maps[last - index], cropping, f"cut{index}")
    return keras.Model(inputs, x, name="decoder")


def joined(features, first, condition):
    """Features beside a one-hot condition, and the inputs of a network of both.

    Args:
        features: symbolic tensor, shape `(batch, features)`.
        first: the network's first input.
        condition: int, width of the second one; 0: none.

    Returns:
        `(features, inputs)`, as they were for 0.
    """
    if not condition:
        return features, first
    given = keras.Input((condition,), name="condition")
    return layers.Concatenate(name="joined")([features, given]), [first, given]


def posterior_head(features, latent_dim):
    """Two dense layers without activation: the posterior's mean and log variance.

    Args:
        features: symbolic tensor, shape `(batch, features)`.
        latent_dim: int.

    Returns:
        List `[mean, log_variance]`, each `(batch, latent_dim)`, float32 under every
        dtype policy: the KL is computed from them.
    """
    return [
        layers.Dense(latent_dim, dtype="float32", name=name)(features)
        for name in ("mean", "log_variance")
    ]


def halved(side):
    """The side of the map that a convolution of stride 2 makes; odd ones round up."""
    return (side + 1) // 2


def require_halvable(network, image_shape, times):
    """Raises unless height and width can be halved `times` times without remainder.

    Raises:
        ValueError: they cannot.
    """
    height, width, _ = image_shape
    multiple = 2**times
    if height % multiple or width % multiple:
        # conv, too, halves what it gets, once at least.
        is_tiny = min(height, width) < 8
        others = "the dense higgins2017" if is_tiny else "conv or the dense higgins2017"
        raise InvalidValue(
            f"The {network} network halves its images {times} times, so height and "
            f"width must be multiples of {multiple}; received image_shape="
            f"{tuple(image_shape)}. Scale the images, with "
            f"+size={_nearest(image_shape, multiple)} behind the data set's name, or "
            f"use the network {others}."
        )


def _nearest(image_shape, multiple):
    """The nearest size of multiples, the larger one of two, as a name has it."""
    height, width = (
        max(math.floor(side / multiple + 0.5), 1) * multiple for side in image_shape[:2]
    )
    return width if width == height else f"{width}x{height}"


def _maps(sides, times):
    """Sides of the image, and of every map that halving makes of it."""
    maps = [sides]
    for _ in range(times):
        maps.append(tuple(map(halved, maps[-1])))
    return maps


def _cut(x, sides, cropping, name):
    """Without what lies beyond `sides`; most sizes have nothing there."""
    excess = [have - want for have, want in zip(x.shape[1:-1], sides, strict=True)]
    if not any(excess):
        return x
    counts = [(0, count) for count in excess]
    if len(counts) == 1:  # of one axis Keras takes the pair itself
        return cropping(counts[0], name=name)(x)
    return cropping(counts, data_format="channels_last", name=name)(x)
