import numpy as np
import pytest

from keras_bvae import networks
from keras_bvae.benchmark.layer_list import (
    Layer,
    LayerList,
    bytes_of_step,
    layer_list,
    operations_of_step,
)


def kinds_of(layers):
    return [layer.kind for layer in layers]


def test_a_convolutional_network_is_listed_layer_by_layer():
    found = layer_list(*networks.build("burgess2018", (16, 16, 1)))
    dense = ["dense", "dense"]
    assert kinds_of(found.encoder) == ["convolution"] * 2 + ["flatten", *dense]
    assert kinds_of(found.heads) == dense
    assert kinds_of(found.decoder) == [*dense, "dense", "reshape"] + ["transposed"] * 2
    assert {layer.activation for layer in found.encoder[:2]} == {"relu"}
    assert found.decoder[-1].activation == "linear"
    # (height, width, filters, inputs): the last one draws one channel from 32.
    assert found.decoder[-1].kernel.shape == (4, 4, 1, 32)
    assert found.decoder[-1].output_shape == (16, 16, 1)


def test_the_dense_network_is_listed_with_its_weights():
    encoder, decoder = networks.build("higgins2017", (8, 8, 1), latent_dim=3)
    found = layer_list(encoder, decoder)
    assert kinds_of(found.encoder) == ["flatten", "dense", "dense"]
    assert {layer.activation for layer in found.decoder[:3]} == {"tanh"}
    np.testing.assert_array_equal(
        found.heads[1].kernel, encoder.get_layer("log_variance").get_weights()[0]
    )


@pytest.mark.parametrize(
    "name", [n for n in networks.NETWORKS if n not in ("conv1d", "conv3d")]
)
def test_no_weight_is_left_out(name):
    encoder, decoder = networks.build(name, (16, 16, 3))
    counted = encoder.count_params() + decoder.count_params()
    assert layer_list(encoder, decoder).parameters == counted


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
