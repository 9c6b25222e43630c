"""Convolutional encoder and mirrored decoder that the papers' tables fill in."""

import math

import keras
from keras import layers

from keras_bvae.layers.strided_convolution import Conv2D, Conv2DTranspose
from keras_bvae.networks.posterior_head import posterior_head

# Channels last whatever keras.json says: images here are (height, width, channels).
_STRIDED = {
    "strides": 2,
    "padding": "same",
    "activation": "relu",
    "data_format": "channels_last",
}


def convolutional_encoder(image_shape, latent_dim, filters, kernels, dense):
    """Convolutions of stride 2 with ReLU, dense layers with ReLU, posterior head.

    Args:
        image_shape: `(height, width, channels)`.
        latent_dim: int.
        filters, kernels: one int a convolution.
        dense: one int a dense layer.

    Returns:
        `keras.Model` from images to `[mean, log_variance]`.
    """
    images = keras.Input(image_shape, name="images")
    x = images
    for index, (count, kernel) in enumerate(zip(filters, kernels, strict=True), 1):
        x = Conv2D(count, kernel, name=f"conv{index}", **_STRIDED)(x)
    x = layers.Flatten(name="flatten")(x)
    for index, units in enumerate(dense, 1):
        x = layers.Dense(units, activation="relu", name=f"dense{index}")(x)
    return keras.Model(images, posterior_head(x, latent_dim), name="encoder")


def convolutional_decoder(image_shape, latent_dim, filters, dense):
    """Dense layers with ReLU, transposed convolutions (4×4, stride 2), no activation.

    Args:
        image_shape: `(height, width, channels)`.
        latent_dim: int.
        filters: one int a transposed convolution but the last, which has one filter a
            channel. The first also counts the channels of the smallest map.
        dense: one int a dense layer before the one that makes the smallest map.

    Returns:
        `keras.Model` from codes to logits or means, shape `(batch, *image_shape)`.
    """
    height, width, channels = image_shape
    shrink = 2 ** len(filters)
    smallest = (height // shrink, width // shrink, filters[0])
    codes = keras.Input((latent_dim,), name="codes")
    x = codes
    for index, units in enumerate([*dense, math.prod(smallest)], 1):
        x = layers.Dense(units, activation="relu", name=f"dense{index}")(x)
    x = layers.Reshape(smallest, name="reshape")(x)
    for index, count in enumerate(filters[1:], 1):
        x = Conv2DTranspose(count, 4, name=f"deconv{index}", **_STRIDED)(x)
    last = {**_STRIDED, "activation": None}
    name = f"deconv{len(filters)}"
    x = Conv2DTranspose(channels, 4, name=name, **last)(x)
    return keras.Model(codes, x, name="decoder")


def require_halvable(network, image_shape, times):
    """Raises unless height and width can be halved `times` times without remainder.

    Raises:
        ValueError: they cannot.
    """
    height, width, _ = image_shape
    multiple = 2**times
    if height % multiple or width % multiple:
        raise ValueError(
            f"The {network} network halves its images {times} times, so height and "
            f"width must be multiples of {multiple}; received image_shape="
            f"{tuple(image_shape)}. Pad or resize the images, or use the dense "
            "network higgins2017."
        )
