import keras
import pytest
from layer_table import layer_table

from keras_bvae.networks import convolutional
from keras_bvae.networks.convolutional import posterior_head


def test_encoder_and_decoder_mirror_each_other():
    shape = (16, 8, 3)
    encoder = convolutional.convolutional_encoder(shape, 4, (5, 6), (4, 2), (7,))
    decoder = convolutional.convolutional_decoder(shape, 4, (6, 5), (7,))
    assert [row[:4] for row in layer_table(encoder)[:3]] == [
        ("Conv2D", 5, 4, 2),
        ("Conv2D", 6, 2, 2),
        ("Dense", 7, None, None),
    ]
    assert decoder.get_layer("reshape").output.shape[1:] == (4, 2, 6)
    assert decoder.output.shape[1:] == shape


def test_odd_sides_round_up_on_the_way_down_and_are_cut_on_the_way_up():
    shape = (13, 8, 1)  # 13 → 7 → 4, 8 → 4 → 2
    encoder = convolutional.convolutional_encoder(shape, 2, (3, 3), (4, 4), (5,))
    decoder = convolutional.convolutional_decoder(shape, 2, (3, 3), (5,))
    assert encoder.get_layer("conv2").output.shape[1:] == (4, 2, 3)
    sides = [decoder.get_layer(name).output.shape[1:3] for name in ("reshape", "cut1")]
    assert sides == [(4, 2), (7, 4)]
    assert decoder.output.shape[1:] == shape


def test_sides_that_halve_are_not_cut():
    decoder = convolutional.convolutional_decoder((16, 8, 1), 2, (3, 3), (5,))
    assert not [layer.name for layer in decoder.layers if "cut" in layer.name]


@pytest.mark.parametrize(("side", "expected"), [(1, 1), (7, 4), (8, 4), (9, 5)])
def test_halved_is_what_a_convolution_of_stride_2_makes(side, expected):
    assert convolutional.halved(side) == expected


def test_channels_stay_last_whatever_keras_is_set_to(monkeypatch):
    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_first")
    try:
        encoder = convolutional.convolutional_encoder((8, 8, 1), 2, (3,), (4,), (5,))
    finally:
        keras.config.set_image_data_format(before)
    assert encoder.get_layer("conv1").output.shape[1:] == (4, 4, 3)


def test_sides_that_halve_pass():
    convolutional.require_halvable("any", (48, 16, 1), 4)


def test_sides_that_do_not_halve_are_named():
    with pytest.raises(ValueError, match=r"halves its images 3 times.*\(8, 12, 1\)"):
        convolutional.require_halvable("any", (8, 12, 1), 3)


def test_mean_and_log_variance_have_no_activation():
    features = keras.Input((6,))
    network = keras.Model(features, posterior_head(features, 3))
    assert [layer.name for layer in network.layers[1:]] == ["mean", "log_variance"]
    assert {layer.activation.__name__ for layer in network.layers[1:]} == {"linear"}
    assert [output.shape for output in network.outputs] == [(None, 3)] * 2


def test_they_stay_float32_under_mixed_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    outputs = posterior_head(keras.Input((6,)), 3)
    assert [output.dtype for output in outputs] == ["float32", "float32"]
