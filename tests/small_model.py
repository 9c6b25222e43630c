"""A model of a user's own two tiny networks: trains in milliseconds."""

import random

import keras
import numpy as np

import keras_bvae as kb

IMAGE_SHAPE = (8, 8, 1)
LATENT_DIM = 3


def small_networks(image_shape=IMAGE_SHAPE, latent_dim=LATENT_DIM):
    """A user's own encoder and decoder, dense."""
    images = keras.Input(image_shape)
    features = keras.layers.Flatten()(images)
    features = keras.layers.Dense(16, activation="tanh")(features)
    outputs = [keras.layers.Dense(latent_dim)(features) for _ in range(2)]
    codes = keras.Input((latent_dim,))
    pixels = keras.layers.Dense(16, activation="tanh")(codes)
    pixels = keras.layers.Dense(int(np.prod(image_shape)))(pixels)
    pixels = keras.layers.Reshape(image_shape)(pixels)
    return keras.Model(images, outputs), keras.Model(codes, pixels)


def small_model(beta=4.0, optimizer=None, compiled=True, **kwargs):
    """A compiled `BetaVAE` on 8×8 images with 3 latents."""
    return small_model_of(kb.BetaVAE, optimizer, compiled, beta=beta, **kwargs)


def small_model_of(model_class, optimizer=None, compiled=True, **kwargs):
    """A compiled model of any class on 8×8 images with 3 latents."""
    random.seed(1)  # Keras draws the seeds of initial weights from it
    kwargs.setdefault("seed", 0)
    model = model_class(*small_networks(), **kwargs)
    if compiled:
        model.compile(keras.optimizers.Adam(1e-2) if optimizer is None else optimizer)
    return model


def small_images(count=32, seed=0, image_shape=IMAGE_SHAPE):
    """Binary uint8 images, 0 or 255: a bright square on noise-free ground."""
    rng = np.random.default_rng(seed)
    images = np.zeros((count, *image_shape), "uint8")
    for image in images:
        row, column = rng.integers(0, 5, 2)
        image[row : row + 3, column : column + 3] = 255
    return images


def small_pairs(count=32, seed=0):
    """Pairs of such images, `(count, 2, 8, 8, 1)`."""
    images = small_images(2 * count, seed)
    return images.reshape(count, 2, *images.shape[1:])


class SuppliedNoise:
    """Stands in for `keras.random.normal`, so that backends see the same draws."""

    def __init__(self, noise):
        self.noise = np.asarray(noise, "float32")

    def __call__(self, shape, dtype=None, seed=None, **kwargs):
        return keras.ops.convert_to_tensor(self.noise, dtype=dtype)
