import random

import numpy as np
import pytest
from factor_pixels import FactorPixels

from keras_bvae.datasets.digits import Digits
from keras_bvae.representations.untrained import untrained_encoder

DATASET = Digits(16)


def codes(seed=0, dataset=DATASET, latent_dim=10):
    encode = untrained_encoder(dataset, latent_dim, seed)
    return encode(dataset.images_at(np.arange(20)))


@pytest.mark.parametrize("size", [16, 64])
def test_it_encodes_images_of_several_sizes(size):
    means = codes(dataset=Digits(size), latent_dim=7)
    assert means.shape == (20, 7)
    assert means.dtype == np.float32
    # Different images have different codes, in every latent.
    assert (means.std(0) > 0).all()


def test_a_seed_repeats_the_weights():
    np.testing.assert_array_equal(codes(seed=3), codes(seed=3))
    assert np.abs(codes(seed=3) - codes(seed=4)).max() > 1e-3


def test_other_random_numbers_go_on_undisturbed():
    random.seed(5)
    expected = random.random()
    random.seed(5)
    untrained_encoder(DATASET)
    assert random.random() == expected


def test_the_dense_network_takes_images_of_any_shape():
    encode = untrained_encoder(FactorPixels(), 3, network="higgins2017")
    assert encode(FactorPixels().images_at([0, 1])).shape == (2, 3)


def test_images_that_do_not_fit_get_the_networks_own_sentence():
    with pytest.raises(ValueError, match="burgess2018 network halves its images"):
        untrained_encoder(FactorPixels())
