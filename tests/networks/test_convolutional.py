import keras
import pytest
from layer_table import layer_table

from keras_bvae.networks import convolutional


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
