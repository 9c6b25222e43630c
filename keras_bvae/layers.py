"""Layers: the reparameterised draw, and convolutions that train fast on a CPU."""

import keras
from keras import ops

from keras_bvae.engine import engine
from keras_bvae.rules import LARGEST_SEED, require_seed_of_noise


class RandomStream(keras.random.SeedGenerator):
    """Keras's seed generator; devices that draw for themselves draw different numbers.

    Keras's own has the same state on each device of a TensorFlow strategy, and the same
    noise for the first image of each.
    """

    def next(self, ordered=True):
        return engine.seed_here(super().next(ordered))


@keras.saving.register_keras_serializable(package="keras_bvae")
class Sampling(keras.layers.Layer):
    """Draws z ~ N(mean, exp(log_variance)), letting gradients through both inputs.

    z = mean + exp(log_variance / 2) · ε with ε ~ N(0, 1), so that the randomness is
    an input and the draw is differentiable.

    Args:
        seed: int or None. None: a fresh seed for each layer.

    Call arguments:
        mean: float tensor, shape `(batch, latent_dim)`.
        log_variance: float tensor, same shape; natural log of the variance.

    Returns:
        Float tensor, shape `(batch, latent_dim)`, float32 or wider whatever the dtype
        policy: half precision would coarsen the noise.

    Raises:
        ValueError: the seed is no whole number from 0 to 2³² - 1.

    Source: Kingma & Welling 2014 (arXiv:1312.6114), section 2.4.
    """

    def __init__(self, seed=None, **kwargs):
        # The posterior is small; sampling it in half precision saves nothing.
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        require_seed_of_noise(seed)
        self.seed = None if seed is None else int(seed)  # Keras knows Python's alone
        self.seed_generator = seed_generator(self.seed)
        self.built = True  # no weights: nothing waits for a first call

    def call(self, mean, log_variance):
        noise = keras.random.normal(
            ops.shape(mean), dtype=mean.dtype, seed=self.seed_generator
        )
        return mean + ops.exp(0.5 * log_variance) * noise

    def compute_output_shape(self, mean_shape, log_variance_shape):
        return mean_shape

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}


def seed_generator(seed):
    """Keras's generator of random numbers, from any seed of 32 bits or a longer one.

    Args:
        seed: int >= 0, of which the last 32 bits count, or None for a fresh one.
    """
    if seed is not None:
        seed = engine.seed_as_kept(seed % (LARGEST_SEED + 1))
    return RandomStream(seed)


@keras.saving.register_keras_serializable(package="keras_bvae")
class Conv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D`, several times faster to train on JAX on a CPU.

    On PyTorch it adds the bias within the convolution. The same layer in arguments,
    config, weights and results; a weights file of one loads into the other. Only how
    the convolution is computed may differ: at stride 2 with "same" padding and channels
    last, an even kernel, even image sides and one group, the engine may have a faster
    form. Everything else runs as Keras runs it.

    Args:
        filters, kernel_size, **kwargs: as for `keras.layers.Conv2D`.

    Call arguments:
        inputs: float tensor, shape `(batch, height, width, channels)`.

    Returns:
        Float tensor, shape `(batch, new_height, new_width, filters)`.
    """

    def call(self, inputs):
        outputs = None
        if self.groups == 1 and _halves_or_doubles(self):
            outputs = engine.strided_convolution(inputs, *_weights(self))
        return super().call(inputs) if outputs is None else _activated(self, outputs)


@keras.saving.register_keras_serializable(package="keras_bvae")
class Conv2DTranspose(keras.layers.Conv2DTranspose):
    """`keras.layers.Conv2DTranspose`, several times faster to train on JAX on a CPU.

    The same layer in arguments, config, weights and results; see `Conv2D` here.

    Args:
        filters, kernel_size, **kwargs: as for `keras.layers.Conv2DTranspose`.

    Call arguments:
        inputs: float tensor, shape `(batch, height, width, channels)`.

    Returns:
        Float tensor, shape `(batch, new_height, new_width, filters)`.
    """

    def call(self, inputs):
        outputs = None
        if self.output_padding is None and _halves_or_doubles(self):
            outputs = engine.strided_transposed_convolution(inputs, *_weights(self))
        return super().call(inputs) if outputs is None else _activated(self, outputs)


def _halves_or_doubles(layer):
    return (
        tuple(layer.strides) == (2, 2)
        and tuple(layer.dilation_rate) == (1, 1)
        and layer.padding == "same"
        and layer.data_format == "channels_last"
        and all(size % 2 == 0 for size in layer.kernel_size)
    )


def _weights(layer):
    """Kernel and bias as tensors of the layer's compute dtype; None for no bias."""
    convert = ops.convert_to_tensor
    return convert(layer.kernel), convert(layer.bias) if layer.use_bias else None


def _activated(layer, outputs):
    return outputs if layer.activation is None else layer.activation(outputs)
