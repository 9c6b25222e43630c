import numpy as np

from keras_bvae.networks import build
from keras_bvae.networks.of_numbers import dense_networks


def test_the_decoder_cuts_off_what_halving_upwards_made_too_many():
    for shape in ((9, 1), (31, 2), (8, 9, 11, 1)):
        encoder, decoder = build("conv1d" if len(shape) == 2 else "conv3d", shape, 2)
        mean, _ = encoder(np.zeros((1, *shape), "float32"))
        assert decoder(mean).shape == (1, *shape)


def test_dense_ones_flatten_and_shape_again():
    encoder, decoder = dense_networks((3, 2), 2)
    mean, log_variance = encoder(np.ones((4, 3, 2), "float32"))
    assert mean.dtype == log_variance.dtype
    assert decoder(mean).shape == (4, 3, 2)
