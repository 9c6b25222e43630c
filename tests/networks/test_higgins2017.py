import pytest
from layer_table import conv, deconv, dense, head, layer_table

from keras_bvae.networks.higgins2017 import higgins2017, higgins2017_conv


def test_dense_layers_are_the_papers():
    """Higgins et al. 2017, appendix A.1, dSprites."""
    encoder, decoder = higgins2017((64, 64, 1))
    assert layer_table(encoder) == [dense(1200), dense(1200), *head(10)]
    assert layer_table(decoder) == [*[dense(1200, "tanh")] * 3, dense(4096, "linear")]


def test_convolutional_layers_are_the_papers():
    """Higgins et al. 2017, appendix A.1, chairs, faces and CelebA."""
    encoder, decoder = higgins2017_conv((64, 64, 3))
    assert layer_table(encoder) == [
        conv(32),
        conv(32),
        conv(64),
        conv(64),
        dense(256),
        *head(32),
    ]
    assert layer_table(decoder) == [
        dense(256),
        dense(1024),
        deconv(64),
        deconv(32),
        deconv(32),
        deconv(3, "linear"),
    ]


def test_the_dense_network_takes_any_size():
    _, decoder = higgins2017((5, 7, 1))
    assert decoder.output.shape[1:] == (5, 7, 1)


def test_sizes_that_do_not_halve_are_named():
    with pytest.raises(ValueError, match=r"multiples of 16; received .*\(28, 28, 1\)"):
        higgins2017_conv((28, 28, 1))
