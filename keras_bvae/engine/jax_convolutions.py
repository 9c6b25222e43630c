"""Convolutions of stride 2 in the forms that XLA compiles well for a CPU.

XLA:CPU runs a convolution fast where it is an ordinary forward one: channels last, no
dilation, the kernel as (rows, columns, in, out). JAX's own gradients of a strided
convolution are not: the one by the kernel takes seven times the matrix product that it
amounts to. Inside a loop XLA does not rearrange such convolutions at all, and they take
ten times longer still (github.com/jax-ml/jax/issues/12868). Here every piece is an
ordinary convolution or a matrix product:

- forward: the convolution as it stands, with pairs of columns for channels;
- the gradient by the images, which is the transposed convolution: one convolution of
  stride 1 that makes the four pixels of each 2×2 block, then the blocks laid out;
- the gradient by the kernel: one product of the images' 2×2 blocks with the gradient,
  which is transposed and laid out once for each shift against the blocks.

`strided_convolution` and `strided_transposed_convolution` are each other's gradient, so
both can be differentiated again, in reverse mode only. They hold inside `jit`, `vmap`
and every loop. `convolution_for_cpu` and `transposed_convolution_for_cpu` are what the
engine gives to the layers.
"""

import itertools

import jax
import jax.numpy as jnp
from jax import lax

_CHANNELS_LAST = ("NHWC", "HWIO", "NHWC")
# Vectors that short suit neither XLA's convolution nor its copies; up to here other
# forms of each piece were faster (measured at 1 and 3 channels).
_FEW_CHANNELS = 4
# From here on YNNPACK uses all cores.
_MANY_FILTERS = 128
# What a product's operand may take to be read again from the cache, not the memory.
_CACHE_BYTES = 8 * 2**20


@jax.custom_vjp
def strided_convolution(images, kernel):
    """Convolution of stride 2 with "same" padding.

    Args:
        images: float array, shape `(batch, height, width, channels)`, sides even.
        kernel: array of the same dtype, shape `(rows, columns, channels, filters)`,
            rows and columns even.

    Returns:
        Array, shape `(batch, height / 2, width / 2, filters)`.
    """
    return _strided(images, kernel, on_all_cores=True)


def _strided(images, kernel, on_all_cores):
    """The convolution; a backward pass has work for the other cores meanwhile."""
    channels, filters = kernel.shape[2:]
    are_few = channels <= _FEW_CHANNELS
    is_fast = channels == 1 or filters >= _MANY_FILTERS
    if is_fast or not (are_few or on_all_cores):
        return _convolve(images, kernel, strides=(2, 2), padding="SAME")
    return _convolve_column_pairs(images, kernel, more_columns=not are_few)


@jax.custom_vjp
def strided_transposed_convolution(images, kernel):
    """Transposed convolution of stride 2: `strided_convolution`'s gradient by images.

    Args:
        images: float array, shape `(batch, height, width, channels)`.
        kernel: array of the same dtype, shape `(rows, columns, filters, channels)`,
            rows and columns even.

    Returns:
        Array, shape `(batch, 2 · height, 2 · width, filters)`.
    """
    rows, columns = _taps(kernel)
    filters = kernel.shape[2]
    make_blocks = _scatter_blocks if filters <= _FEW_CHANNELS else _convolve_blocks
    blocks = make_blocks(images, _kernel_of_blocks(kernel))
    return _images_of_blocks(blocks, filters, rows - 1, columns - 1)


def _convolution_forward(images, kernel):
    return strided_convolution(images, kernel), (images, kernel)


def _convolution_backward(saved, gradient):
    images, kernel = saved
    return (
        strided_transposed_convolution(gradient, kernel),
        _kernel_gradient(images, gradient, kernel),
    )


@jax.custom_vjp
def _strided_of_gradient(images, kernel):
    return _strided(images, kernel, on_all_cores=False)


def _transposed_forward(images, kernel):
    return strided_transposed_convolution(images, kernel), (images, kernel)


def _transposed_backward(saved, gradient):
    images, kernel = saved
    return (
        _strided_of_gradient(gradient, kernel),
        _kernel_gradient(gradient, images, kernel),
    )


strided_convolution.defvjp(_convolution_forward, _convolution_backward)
_strided_of_gradient.defvjp(_convolution_forward, _convolution_backward)
strided_transposed_convolution.defvjp(_transposed_forward, _transposed_backward)


def _kernel_gradient(images, gradient, kernel):
    """Gradient by the kernel, from large `images` and the small `gradient`."""
    rows, columns = _taps(kernel)
    channels, filters = kernel.shape[2:]
    # Sums over the batch and all places need float32, whatever the policy.
    wide = jnp.promote_types(images.dtype, jnp.float32)
    operands = images.astype(wide), gradient.astype(wide)
    if channels <= _FEW_CHANNELS:
        product = _window_products(*operands, rows, columns)
    else:
        product = _block_products(*operands, rows, columns)
    product = product.reshape(rows, columns, 2, 2, channels, filters)
    return (
        product.transpose(0, 2, 1, 3, 4, 5).reshape(kernel.shape).astype(kernel.dtype)
    )


def _window_products(images, gradient, rows, columns):
    """Each place's window against its gradient: `(window, filters)`.

    A few images at a time, whose windows the cache holds.
    """
    batch, height, width, filters = gradient.shape
    window = 4 * rows * columns * images.shape[-1]
    one = height * width * window * images.dtype.itemsize
    at_once = batch
    if isinstance(batch, int):  # it is a symbol where a model is exported
        at_once = max(
            count
            for count in range(1, batch + 1)
            if batch % count == 0 and (count == 1 or count * one <= _CACHE_BYTES)
        )

    def add(index, total):
        start = index * at_once
        some = lax.dynamic_slice_in_dim(images, start, at_once)
        blocks = _blocks_of_images(some, rows - 1, columns - 1)
        windows = [
            blocks[:, a : a + height, b : b + width]
            for a, b in itertools.product(range(rows), range(columns))
        ]
        theirs = lax.dynamic_slice_in_dim(gradient, start, at_once)
        return total + _product_over_places(jnp.concatenate(windows, axis=-1), theirs)

    nothing = jnp.zeros((window, filters), images.dtype)
    if at_once == batch:
        return add(0, nothing)
    return lax.fori_loop(0, batch // at_once, add, nothing)


def _block_products(images, gradient, rows, columns):
    """The images' blocks against the gradient, shifted: `(shifts, block, filters)`."""
    blocks = _blocks_of_images(images, rows - 1, columns - 1)
    # Behind the barrier it is copied, which is little. Without, the product would
    # read it the other way round, at two thirds of the speed.
    planes = lax.optimization_barrier(gradient.transpose(3, 0, 1, 2))
    planes = jnp.stack(
        [
            jnp.pad(planes, ((0, 0), (0, 0), (a, rows - 1 - a), (b, columns - 1 - b)))
            for a, b in itertools.product(range(rows), range(columns))
        ]
    )
    shifts, filters = planes.shape[:2]
    product = planes.reshape(shifts * filters, -1) @ blocks.reshape(
        -1, blocks.shape[-1]
    )
    return product.reshape(shifts, filters, -1).swapaxes(1, 2)


def _convolve(images, kernel, strides, padding):
    return lax.conv_general_dilated(
        images, kernel, strides, padding, dimension_numbers=_CHANNELS_LAST
    )


def _convolve_column_pairs(images, kernel, more_columns):
    """The same convolution with two neighbouring columns as one of twice the channels.

    Pairs of columns lie side by side in memory, so that this moves nothing. XLA gives
    a convolution whose result is no larger than its images to YNNPACK, which computes
    few filters on one core, and any other to Eigen, on all: for that alone more columns
    can be computed, and cut off.
    """
    rows, columns = _taps(kernel)
    channels, filters = kernel.shape[2:]
    images = jnp.pad(images, ((0, 0), (0, 0), (columns - 1,) * 2, (0, 0)))
    batch, height, width, _ = images.shape
    images = images.reshape(batch, height, width // 2, 2 * channels)
    kernel = kernel.reshape(2 * rows, columns, 2 * channels, filters)
    more = (columns - 1, 1) if more_columns else (0, 0)
    outputs = _convolve(images, kernel, (2, 1), [(rows - 1, rows - 1), more])
    return outputs[:, :, more[0] : outputs.shape[2] - more[1]]


def _convolve_blocks(images, kernel):
    rows, columns = kernel.shape[:2]
    # Turned by 180° and with filters for channels, as a gradient by the images wants.
    turned = jnp.flip(kernel, (0, 1)).swapaxes(2, 3)
    reach = [(rows - 1, rows - 1), (columns - 1, columns - 1)]
    return _convolve(images, turned, strides=(1, 1), padding=reach)


def _scatter_blocks(images, kernel):
    """One product for all shifts, then their sum: little to add with few filters."""
    rows, columns, block, channels = kernel.shape
    product = lax.dot_general(
        images, kernel.reshape(-1, channels), (((3,), (1,)), ((), ()))
    )
    product = product.reshape(*images.shape[:3], rows, columns, block)
    return sum(
        _shifted(product[:, :, :, a, b], a, b, rows, columns)
        for a, b in itertools.product(range(rows), range(columns))
    )


def _shifted(places, down, right, rows, columns):
    padding = ((0, 0), (down, rows - 1 - down), (right, columns - 1 - right), (0, 0))
    return jnp.pad(places, padding)


def _product_over_places(left, right):
    left = left.reshape(-1, left.shape[-1])
    right = right.reshape(-1, right.shape[-1])
    return lax.dot_general(left, right, (((0,), (0,)), ((), ())))


def _taps(kernel):
    """Kernel size in 2×2 blocks of pixels: rows, columns."""
    return kernel.shape[0] // 2, kernel.shape[1] // 2


def _kernel_of_blocks(kernel):
    rows, columns = _taps(kernel)
    channels, filters = kernel.shape[2:]
    kernel = kernel.reshape(rows, 2, columns, 2, channels, filters)
    kernel = kernel.transpose(0, 2, 1, 3, 4, 5)
    return kernel.reshape(rows, columns, 4 * channels, filters)


def _blocks_of_images(images, pad_height, pad_width):
    """Padded images as 2×2 blocks: `(batch, height / 2, width / 2, 4 · channels)`."""
    padding = ((0, 0), (pad_height,) * 2, (pad_width,) * 2, (0, 0))
    images = jnp.pad(images, padding)
    batch, height, width, channels = images.shape
    images = images.reshape(batch, height // 2, 2, width // 2, 2 * channels)
    images = images.transpose(0, 1, 3, 2, 4)
    return images.reshape(batch, height // 2, width // 2, 4 * channels)


def _images_of_blocks(blocks, channels, crop_height, crop_width):
    """The way back, less the padding."""
    batch, height, width, _ = blocks.shape
    images = blocks.reshape(batch, height, width, 2, 2 * channels)
    images = images.transpose(0, 1, 3, 2, 4)
    images = images.reshape(batch, 2 * height, 2 * width, channels)
    return images[
        :,
        crop_height : 2 * height - crop_height,
        crop_width : 2 * width - crop_width,
    ]


def convolution_for_cpu(images, kernel):
    """`strided_convolution` where it is the faster form, else None."""
    images, kernel = jnp.asarray(images), jnp.asarray(kernel)
    images = images.astype(kernel.dtype)  # as Keras has it
    if not _fits(images, kernel) or images.shape[1] % 2 or images.shape[2] % 2:
        return None
    return strided_convolution(images, kernel)


def transposed_convolution_for_cpu(images, kernel):
    """`strided_transposed_convolution` where it is the faster form, else None."""
    images, kernel = jnp.asarray(images), jnp.asarray(kernel)
    if not _fits(images, kernel) or images.dtype != kernel.dtype:
        return None
    return strided_transposed_convolution(images, kernel)


def _fits(images, kernel):
    return (
        jax.default_backend() == "cpu"
        and jnp.issubdtype(kernel.dtype, jnp.floating)
        and kernel.shape[0] % 2 == 0
        and kernel.shape[1] % 2 == 0
        and images.size > 0
    )
