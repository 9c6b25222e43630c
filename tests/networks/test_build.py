import re

import numpy as np
import pytest

import keras_bvae as kb
from keras_bvae.networks import NETWORKS, build


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(("channels", "latent_dim"), [(1, 2), (3, 7)])
def test_networks_take_any_latent_dim_and_one_or_three_channels(
    name, channels, latent_dim
):
    shape = (32, 32, channels)
    encoder, decoder = build(name, shape, latent_dim)
    mean, log_variance = encoder(np.zeros((2, *shape), "float32"))
    assert mean.shape == log_variance.shape == (2, latent_dim)
    assert decoder(mean).shape == (2, *shape)


def test_unknown_network_is_answered_with_the_known_and_the_nearest():
    with pytest.raises(ValueError, match=r"burgess2018.*Did you mean 'burgess2018'"):
        build("burges2018")


@pytest.mark.parametrize("shape", [(64, 64), (64, 64, 2), (1, 64, 64)])
def test_image_shape_must_have_its_channels_last(shape):
    with pytest.raises(ValueError, match=re.escape(f"received image_shape={shape}")):
        build("burgess2018", shape)


@pytest.mark.parametrize("latent_dim", [0, -1, 2.5])
def test_latent_dim_must_be_a_positive_whole_number(latent_dim):
    with pytest.raises(ValueError, match=f"received latent_dim={latent_dim}"):
        kb.networks.build("burgess2018", latent_dim=latent_dim)
