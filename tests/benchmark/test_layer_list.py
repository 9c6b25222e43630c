import numpy as np
import pytest

from keras_bvae import networks
from keras_bvae.benchmark.layer_list import layer_list


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


@pytest.mark.parametrize("name", networks.NETWORKS)
def test_no_weight_is_left_out(name):
    encoder, decoder = networks.build(name, (16, 16, 3))
    counted = encoder.count_params() + decoder.count_params()
    assert layer_list(encoder, decoder).parameters == counted
