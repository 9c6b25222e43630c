import numpy as np

from keras_bvae.benchmark.layer_list import Layer, LayerList
from keras_bvae.benchmark.operation_count import bytes_of_step, operations_of_step


def dense(inputs, outputs):
    kernel = np.zeros((inputs, outputs), "float32")
    bias = np.zeros(outputs, "float32")
    return Layer("dense", "linear", (inputs,), (outputs,), kernel, bias)


def test_operations_and_bytes_of_dense_layers():
    flatten = Layer("flatten", "linear", (2, 3, 1), (6,))
    layers = LayerList(
        [flatten, dense(6, 4)], [dense(4, 2), dense(4, 2)], [dense(2, 6)]
    )
    # By hand: products of 24, 8, 8 and 12 numbers, two operations each; three times,
    # but for the first layer twice.
    assert operations_of_step(layers, 10) == 10 * 2 * (3 * 52 - 24)
    # 52 weights and 14 biases, ten times; 14 outputs, five times; six bytes of pixels.
    assert bytes_of_step(layers, 10) == 4 * (10 * 66 + 5 * 10 * 14) + 10 * 6


def test_operations_of_convolutions():
    kernel, bias = np.zeros((4, 4, 3, 8), "float32"), np.zeros(8, "float32")
    shrinking = Layer("convolution", "relu", (8, 8, 3), (4, 4, 8), kernel, bias)
    growing = Layer("transposed", "relu", (4, 4, 8), (8, 8, 3), kernel, bias)
    # Each of 4 × 4 places takes the whole kernel, in and out.
    forward = 2 * 16 * 4 * 4 * 3 * 8
    assert operations_of_step(LayerList([shrinking], [], []), 1) == 2 * forward
    both = LayerList([shrinking], [], [growing])
    assert operations_of_step(both, 1) == 5 * forward
