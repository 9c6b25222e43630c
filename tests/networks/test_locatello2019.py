import pytest
from layer_table import conv, deconv, dense, head, layer_table

from keras_bvae.networks.locatello2019 import locatello2019


def test_layers_are_those_of_the_reference_code():
    """disentanglement_lib's `conv_encoder` and `deconv_decoder`."""
    encoder, decoder = locatello2019((64, 64, 1))
    assert layer_table(encoder) == [
        conv(32),
        conv(32),
        conv(64, 2),
        conv(64, 2),
        dense(256),
        *head(10),
    ]
    assert layer_table(decoder) == [
        dense(256),
        dense(1024),
        deconv(64),
        deconv(32),
        deconv(32),
        deconv(1, "linear"),
    ]


def test_sizes_that_do_not_halve_are_named():
    with pytest.raises(ValueError, match=r"multiples of 16; received .*\(24, 32, 1\)"):
        locatello2019((24, 32, 1))
