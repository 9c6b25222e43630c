"""Counts what a training step must compute and move, from the layers' shapes."""

import math

FLOAT_BYTES = 4
# Of a weight: read by both passes; its gradient written and read; by Adam it and its
# two moments read and written.
PASSES_OVER_WEIGHTS = 2 + 2 + 6
# Of a layer's output: written, read by the next layer and again by the backward pass;
# its gradient written and read.
PASSES_OVER_OUTPUTS = 3 + 2


def operations_of_step(layers, batch_size):
    """Floating point operations of a step, in the matrix products and convolutions.

    An addition and a multiplication count as two. The backward pass takes as many for
    the weights as the forward pass, and as many again for what came in, but for the
    first layer, whose images need no gradient. Activations, losses and Adam are left
    out: together they are a few percent.

    Args:
        layers: `LayerList`.
        batch_size: int, images in a batch.

    Returns:
        int.
    """
    forward = [_operations(layer) for layer in layers.layers]
    first = next(count for count in forward if count)
    return batch_size * (3 * sum(forward) - first)


def bytes_of_step(layers, batch_size):
    """Bytes that a step must move if nothing but layer outputs is ever stored.

    A lower bound for float32, without caches: a device whose cache holds the outputs of
    a batch can do with less.

    Args:
        layers: `LayerList`.
        batch_size: int, images in a batch.

    Returns:
        int.
    """
    outputs = sum(
        math.prod(layer.output_shape)
        for layer in layers.layers
        if layer.kernel is not None
    )
    pixels = math.prod(layers.encoder[0].input_shape)  # uint8: one byte each
    moved = PASSES_OVER_WEIGHTS * layers.parameters
    moved += PASSES_OVER_OUTPUTS * batch_size * outputs
    return FLOAT_BYTES * moved + batch_size * pixels


def _operations(layer):
    """Of one image, forward."""
    if layer.kernel is None:
        return 0
    # A transposed convolution uses its kernel once for each pixel that comes in.
    places = {
        "dense": (),
        "convolution": layer.output_shape[:2],
        "transposed": layer.input_shape[:2],
    }
    return 2 * layer.kernel.size * math.prod(places[layer.kind])
