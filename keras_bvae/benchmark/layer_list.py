"""Networks as plain lists of layers: what loops are built from, and a step's work."""

import math
from typing import NamedTuple

import keras

FLOAT_BYTES = 4
# Of a weight: read by both passes; its gradient written and read; by Adam it and its
# two moments read and written.
PASSES_OVER_WEIGHTS = 2 + 2 + 6
# Of a layer's output: written, read by the next layer and again by the backward pass;
# its gradient written and read.
PASSES_OVER_OUTPUTS = 3 + 2


class Layer(NamedTuple):
    """One layer with its initial weights.

    Attributes:
        kind: "dense", "convolution", "transposed" (a transposed convolution), both of
            stride 2 with padding "same", "flatten" or "reshape".
        activation: "linear", "relu" or "tanh".
        input_shape, output_shape: tuples of ints, without the batch.
        kernel: float32 array: dense `(inputs, units)`; convolution `(height, width,
            inputs, filters)`; transposed `(height, width, filters, inputs)`; None for a
            layer without weights.
        bias: float32 array, `(units,)` or `(filters,)`; None likewise.
    """

    kind: str
    activation: str
    input_shape: tuple
    output_shape: tuple
    kernel: object = None
    bias: object = None


class LayerList(NamedTuple):
    """Both networks of a VAE.

    Attributes:
        encoder: list of `Layer`, from the images to the features.
        heads: the two `Layer`s from the features to mean and log variance.
        decoder: list of `Layer`, from the codes to the logits.
    """

    encoder: list
    heads: list
    decoder: list

    @property
    def layers(self):
        """All of them in one list."""
        return [*self.encoder, *self.heads, *self.decoder]

    @property
    def parameters(self):
        """Number of weights, int."""
        with_weights = [layer for layer in self.layers if layer.kernel is not None]
        return sum(layer.kernel.size + layer.bias.size for layer in with_weights)


def layer_list(encoder, decoder):
    """Describes the networks that `keras_bvae.networks.build` made.

    Args:
        encoder, decoder: Keras models, each a chain of layers; the encoder ends in two
            dense layers named "mean" and "log_variance".

    Returns:
        `LayerList`.
    """
    heads = [encoder.get_layer(name) for name in ("mean", "log_variance")]
    chain = [layer for layer in encoder.layers if layer not in heads]
    return LayerList(_described(chain), _described(heads), _described(decoder.layers))


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


def _described(layers):
    return [_describe(x) for x in layers if not isinstance(x, keras.layers.InputLayer)]


def _describe(layer):
    """By shapes alone: which class computes the layer is the library's own matter."""
    shapes = tuple(layer.input.shape[1:]), tuple(layer.output.shape[1:])
    weights = [keras.ops.convert_to_numpy(weight) for weight in layer.weights]
    if not weights:
        kind = "flatten" if len(shapes[1]) == 1 else "reshape"
        return Layer(kind, "linear", *shapes)
    activation = layer.activation.__name__
    if weights[0].ndim == 2:
        return Layer("dense", activation, *shapes, *weights)
    grows = shapes[1][0] > shapes[0][0]
    kind = "transposed" if grows else "convolution"
    return Layer(kind, activation, *shapes, *weights)


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
