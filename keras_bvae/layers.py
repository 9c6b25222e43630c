"""Layers: the reparameterised draw, and convolutions that train fast on a CPU."""

import itertools

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


@keras.saving.register_keras_serializable(package="keras_bvae")
class Conv3D(keras.layers.Conv3D):
    """`keras.layers.Conv3D`, dozens of times faster to train on JAX on a CPU.

    The same layer in arguments, config, weights and results. XLA:CPU has no fast form
    of the gradients of a strided convolution of three axes. There a kernel of 4 at
    stride 2 with "same" padding is computed as what it amounts to: eight matrix
    products of blocks of 2×2×2 values, one for each half of the kernel along each axis.

    Args:
        filters, kernel_size, **kwargs: as for `keras.layers.Conv3D`.

    Call arguments:
        inputs: float tensor, shape `(batch, depth, height, width, channels)`.

    Returns:
        Float tensor, shape `(batch, new_depth, new_height, new_width, filters)`.
    """

    def call(self, inputs):
        if self.groups != 1 or not _is_of_blocks(self):
            return super().call(inputs)
        kernel, bias = _weights(self)
        sides = [(side + 1) // 2 for side in inputs.shape[1:4]]
        # Keras's "same": one before, and as many behind as fill the last block.
        room = [
            (1, 2 * small + 1 - side)
            for small, side in zip(sides, inputs.shape[1:4], strict=True)
        ]
        padded = ops.pad(inputs, [(0, 0), *room, (0, 0)])
        blocks = _as_blocks(padded, [small + 1 for small in sides])
        outputs = sum(
            ops.matmul(_shifted(blocks, shift, sides), _half(kernel, shift))
            for shift in itertools.product((0, 1), repeat=3)
        )
        return _activated(self, outputs if bias is None else outputs + bias)


@keras.saving.register_keras_serializable(package="keras_bvae")
class Conv3DTranspose(keras.layers.Conv3DTranspose):
    """`keras.layers.Conv3DTranspose`, far faster on JAX on a CPU; see `Conv3D` here.

    Args:
        filters, kernel_size, **kwargs: as for `keras.layers.Conv3DTranspose`.

    Call arguments:
        inputs: float tensor, shape `(batch, depth, height, width, channels)`.

    Returns:
        Float tensor, shape `(batch, new_depth, new_height, new_width, filters)`.
    """

    def call(self, inputs):
        if self.output_padding is not None or not _is_of_blocks(self):
            return super().call(inputs)
        kernel, bias = _weights(self)
        sides = list(inputs.shape[1:4])
        blocks = 0
        for shift in itertools.product((0, 1), repeat=3):
            part = ops.matmul(inputs, ops.transpose(_half(kernel, shift)))
            room = [(0, 0), *((place, 1 - place) for place in shift), (0, 0)]
            blocks = blocks + ops.pad(part, room)
        whole = _from_blocks(blocks, [side + 1 for side in sides], kernel.shape[3])
        crop = tuple(slice(1, 1 + 2 * side) for side in sides)
        outputs = whole[(slice(None), *crop)]
        return _activated(self, outputs if bias is None else outputs + bias)


def _is_of_blocks(layer):
    return (
        engine.prefers_blocks_in_3d()
        and tuple(layer.strides) == (2, 2, 2)
        and tuple(layer.kernel_size) == (4, 4, 4)
        and tuple(layer.dilation_rate) == (1, 1, 1)
        and layer.padding == "same"
        and layer.data_format == "channels_last"
    )


def _as_blocks(values, counts):
    """`(batch, 2 d, 2 h, 2 w, c)` to `(batch, d, h, w, 8 c)`."""
    depth, height, width = counts
    channels = values.shape[-1]
    split = ops.reshape(values, (-1, depth, 2, height, 2, width, 2, channels))
    ordered = ops.transpose(split, (0, 1, 3, 5, 2, 4, 6, 7))
    return ops.reshape(ordered, (-1, depth, height, width, 8 * channels))


def _from_blocks(blocks, counts, channels):
    """`_as_blocks` backwards."""
    depth, height, width = counts
    split = ops.reshape(blocks, (-1, depth, height, width, 2, 2, 2, channels))
    ordered = ops.transpose(split, (0, 1, 4, 2, 5, 3, 6, 7))
    return ops.reshape(ordered, (-1, 2 * depth, 2 * height, 2 * width, channels))


def _half(kernel, shift):
    """The half of a 4×4×4 kernel that meets the blocks at `shift`: `(8 c, filters)`."""
    parts = tuple(slice(2 * place, 2 * place + 2) for place in shift)
    return ops.reshape(kernel[parts], (8 * kernel.shape[3], kernel.shape[4]))


def _shifted(blocks, shift, sides):
    places = zip(shift, sides, strict=True)
    parts = tuple(slice(place, place + side) for place, side in places)
    return blocks[(slice(None), *parts)]


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
