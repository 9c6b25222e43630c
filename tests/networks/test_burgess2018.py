import pytest
from layer_table import conv, deconv, dense, head, layer_table

from keras_bvae.networks.burgess2018 import burgess2018


def test_layers_are_the_papers():
    """Burgess et al. 2018, appendix A."""
    encoder, decoder = burgess2018((64, 64, 1))
    assert layer_table(encoder) == [
        *[conv(32)] * 4,
        dense(256),
        dense(256),
        *head(10),
    ]
    assert layer_table(decoder) == [
        dense(256),
        dense(256),
        dense(512),
        *[deconv(32)] * 3,
        deconv(1, "linear"),
    ]


def test_number_of_parameters_is_that_of_the_published_checkpoints():
    """Summed over the shapes of the published PyTorch state dicts."""
    encoder, decoder = burgess2018((64, 64, 1))
    conv_in, conv_32 = 16 * 32 + 32, 16 * 32 * 32 + 32
    dense_in, dense_256 = 512 * 256 + 256, 256 * 256 + 256
    heads, deconv_out = 256 * 20 + 20, 16 * 32 + 1
    assert (
        encoder.count_params() == conv_in + 3 * conv_32 + dense_in + dense_256 + heads
    )
    from_codes, to_map = 10 * 256 + 256, 256 * 512 + 512
    assert decoder.count_params() == (
        from_codes + dense_256 + to_map + 3 * conv_32 + deconv_out
    )


@pytest.mark.parametrize(("side", "depth"), [(16, 2), (32, 3), (128, 5)])
def test_other_sizes_are_halved_to_a_map_of_4_by_4(side, depth):
    encoder, decoder = burgess2018((side, side, 3))
    assert encoder.get_layer(f"conv{depth}").output.shape[1:] == (4, 4, 32)
    assert decoder.output.shape[1:] == (side, side, 3)


def test_sizes_that_do_not_halve_are_named():
    with pytest.raises(ValueError, match=r"multiples of 8; received .*\(28, 28, 1\)"):
        burgess2018((28, 28, 1))
