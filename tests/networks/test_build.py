import re

import keras
import numpy as np
import pytest

import keras_bvae as kb
from keras_bvae.networks import NETWORKS, build


def layer_table(network):
    """(kind, size, kernel, stride, activation) of each layer with weights."""
    rows = []
    for layer in network.layers:
        if not layer.weights:
            continue
        size = getattr(layer, "units", None) or layer.filters
        kernel = getattr(layer, "kernel_size", (None,))[0]
        stride = getattr(layer, "strides", (None,))[0]
        rows.append(
            (type(layer).__name__, size, kernel, stride, layer.activation.__name__)
        )
    return rows


def conv(filters, kernel=4):
    return ("Conv2D", filters, kernel, 2, "relu")


def deconv(filters, activation="relu"):
    return ("Conv2DTranspose", filters, 4, 2, activation)


def dense(units, activation="relu"):
    return ("Dense", units, None, None, activation)


def head(latent_dim):
    return [dense(latent_dim, "linear")] * 2


# The papers' tables, appendices of the four papers, as DESIGN.md lists them.
PAPERS = {
    "higgins2017": (
        [dense(1200), dense(1200), *head(10)],
        [*[dense(1200, "tanh")] * 3, dense(4096, "linear")],
    ),
    "higgins2017_conv": (
        [conv(32), conv(32), conv(64), conv(64), dense(256), *head(32)],
        [
            dense(256),
            dense(1024),
            deconv(64),
            deconv(32),
            deconv(32),
            deconv(1, "linear"),
        ],
    ),
    "burgess2018": (
        [*[conv(32)] * 4, dense(256), dense(256), *head(10)],
        [dense(256), dense(256), dense(512), *[deconv(32)] * 3, deconv(1, "linear")],
    ),
    "locatello2019": (
        [conv(32), conv(32), conv(64, 2), conv(64, 2), dense(256), *head(10)],
        [
            dense(256),
            dense(1024),
            deconv(64),
            deconv(32),
            deconv(32),
            deconv(1, "linear"),
        ],
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_are_the_papers_tables(name):
    encoder, decoder = build(name)
    assert layer_table(encoder) == PAPERS[name][0]
    assert layer_table(decoder) == PAPERS[name][1]


def test_burgess_network_has_the_published_number_of_parameters():
    encoder, decoder = build("burgess2018")
    # Counted from the published PyTorch state dict's shapes (see the next package's
    # test of conversion): 252,052 in the encoder, 249,953 in the decoder.
    conv_in, conv_32 = 16 * 32 + 32, 16 * 32 * 32 + 32
    dense_in, dense_256 = 512 * 256 + 256, 256 * 256 + 256
    assert encoder.count_params() == conv_in + 3 * conv_32 + dense_in + dense_256 + 5140
    deconv_out = 16 * 32 + 1
    assert decoder.count_params() == (
        10 * 256 + 256 + dense_256 + 256 * 512 + 512 + 3 * conv_32 + deconv_out
    )


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


def test_posterior_stays_float32_under_mixed_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        encoder, _ = build("burgess2018", (16, 16, 1))
    finally:
        keras.config.set_dtype_policy("float32")
    assert encoder.layers[1].compute_dtype == "bfloat16"
    assert [output.dtype for output in encoder.outputs] == ["float32", "float32"]


def test_unknown_network_is_answered_with_the_known_and_the_nearest():
    with pytest.raises(ValueError, match=r"burgess2018.*Did you mean 'burgess2018'"):
        build("burges2018")


@pytest.mark.parametrize("shape", [(64, 64), (64, 64, 2), (1, 64, 64)])
def test_image_shape_must_have_its_channels_last(shape):
    with pytest.raises(ValueError, match=re.escape(f"received image_shape={shape}")):
        build("burgess2018", shape)


@pytest.mark.parametrize("name", ["burgess2018", "locatello2019", "higgins2017_conv"])
def test_sizes_that_do_not_halve_are_named(name):
    with pytest.raises(ValueError, match=r"multiples of \d+; received .*\(28, 28, 1\)"):
        build(name, (28, 28, 1))


@pytest.mark.parametrize("latent_dim", [0, -1, 2.5])
def test_latent_dim_must_be_a_positive_whole_number(latent_dim):
    with pytest.raises(ValueError, match=f"received latent_dim={latent_dim}"):
        kb.networks.build("burgess2018", latent_dim=latent_dim)
