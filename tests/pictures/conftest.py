import numpy as np
import pytest

from keras_bvae.latents.sweeps import standard_deviation_sweep
from keras_bvae.latents.traversal import traverse


def decode_to_pixels(codes, side=8, channels=1):
    """A decoder by hand: pixel k of the top row is 0.5 + 0.1 * code k, the rest 0."""
    images = np.zeros((len(codes), side, side, channels), np.float32)
    images[:, 0, : codes.shape[1], :] = 0.5 + 0.1 * codes[:, :, np.newaxis]
    return images


@pytest.fixture
def decode():
    return decode_to_pixels


@pytest.fixture
def make_traversal():
    def make(kl=(0.5, 0.0, 2.51), steps=5, side=8, channels=1, sweep=None):
        def decode(codes):
            return decode_to_pixels(codes, side, channels)

        sweep = sweep or standard_deviation_sweep(len(kl), reach=2, steps=steps)
        return traverse(decode, np.zeros(len(kl)), np.array(kl), sweep)

    return make
