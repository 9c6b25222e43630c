"""The two networks of Higgins et al. 2017: dense for dSprites, convolutional else."""

import math

import keras
from keras import layers

from keras_bvae.networks.convolutional import (
    convolutional_decoder,
    convolutional_encoder,
    require_halvable,
)
from keras_bvae.networks.posterior_head import posterior_head


def higgins2017(image_shape, latent_dim=10):
    """Encoder 1200-1200 ReLU, decoder 1200-1200-1200 tanh.

    Args:
        image_shape: `(height, width, channels)`, any size.
        latent_dim: int.

    Returns:
        Encoder and decoder, see `keras_bvae.networks.build`.

    Source: Higgins et al. 2017 (ICLR), appendix A.1, table of architectures, dSprites.
    """
    images = keras.Input(image_shape, name="images")
    x = layers.Flatten(name="flatten")(images)
    for index in (1, 2):
        x = layers.Dense(1200, activation="relu", name=f"dense{index}")(x)
    encoder = keras.Model(images, posterior_head(x, latent_dim), name="encoder")

    codes = keras.Input((latent_dim,), name="codes")
    x = codes
    for index in (1, 2, 3):
        x = layers.Dense(1200, activation="tanh", name=f"dense{index}")(x)
    x = layers.Dense(math.prod(image_shape), name="pixels")(x)
    x = layers.Reshape(image_shape, name="reshape")(x)
    return encoder, keras.Model(codes, x, name="decoder")


def higgins2017_conv(image_shape, latent_dim=32):
    """Convolutions of 32, 32, 64, 64 filters (4×4, stride 2), dense 256, mirrored.

    Args:
        image_shape: `(height, width, channels)`, sides multiples of 16.
        latent_dim: int.

    Returns:
        Encoder and decoder, see `keras_bvae.networks.build`.

    Raises:
        ValueError: the sides are not multiples of 16.

    Source: Higgins et al. 2017 (ICLR), appendix A.1, chairs, faces and CelebA.
    """
    require_halvable("higgins2017_conv", image_shape, 4)
    filters, kernels = (32, 32, 64, 64), (4, 4, 4, 4)
    return (
        convolutional_encoder(image_shape, latent_dim, filters, kernels, (256,)),
        convolutional_decoder(image_shape, latent_dim, filters[::-1], (256,)),
    )
