import re

import keras
import numpy as np
import pytest
from component_contracts import assert_model_contract
from layer_table import conv as convolution
from layer_table import deconv, dense, head, layer_table
from small_model import small_images

import keras_bvae as kb
from keras_bvae.networks import NETWORKS, build
from keras_bvae.networks.build import (
    burgess2018,
    conv,
    higgins2017,
    higgins2017_conv,
    locatello2019,
)

# ---- a name in, two networks out -----------------------------------------------


OF_IMAGES = [name for name in NETWORKS if name not in ("conv1d", "conv3d")]


@pytest.mark.parametrize("name", OF_IMAGES)
@pytest.mark.parametrize(("channels", "latent_dim"), [(1, 2), (3, 7), (4, 3)])
def test_networks_take_any_latent_dim_and_one_three_or_four_channels(
    name, channels, latent_dim
):
    shape = (32, 48, channels)
    encoder, decoder = build(name, shape, latent_dim)
    mean, log_variance = encoder(np.zeros((2, *shape), "float32"))
    assert mean.shape == log_variance.shape == (2, latent_dim)
    assert decoder(mean).shape == (2, *shape)


def test_unknown_network_is_answered_with_the_known_and_the_nearest():
    with pytest.raises(ValueError, match=r"burgess2018.*Did you mean 'burgess2018'"):
        build("burges2018")


@pytest.mark.parametrize("shape", [(64, 64, 2), (1, 64, 64), (64.0, 64, 1), 64])
def test_image_shape_must_have_its_channels_last(shape):
    with pytest.raises(ValueError, match=re.escape(f"received image_shape={shape}")):
        build("burgess2018", shape)


@pytest.mark.parametrize("latent_dim", [0, -1, 2.5, 10.0, True])
def test_latent_dim_must_be_a_positive_whole_number(latent_dim):
    with pytest.raises(ValueError, match=f"received latent_dim={latent_dim}"):
        kb.networks.build("burgess2018", latent_dim=latent_dim)


# ---- Higgins et al. 2017 -------------------------------------------------------


def test_dense_layers_are_the_papers():
    """Higgins et al. 2017, appendix A.1, dSprites."""
    encoder, decoder = higgins2017((64, 64, 1))
    assert layer_table(encoder) == [dense(1200), dense(1200), *head(10)]
    assert layer_table(decoder) == [*[dense(1200, "tanh")] * 3, dense(4096, "linear")]


def test_convolutional_layers_are_the_papers():
    """Higgins et al. 2017, appendix A.1, chairs, faces and CelebA."""
    encoder, decoder = higgins2017_conv((64, 64, 3))
    assert layer_table(encoder) == [
        convolution(32),
        convolution(32),
        convolution(64),
        convolution(64),
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


def test_higgins2017_conv_names_sizes_that_do_not_halve():
    with pytest.raises(ValueError, match=r"multiples of 16; received .*\(28, 28, 1\)"):
        higgins2017_conv((28, 28, 1))


# ---- Burgess et al. 2018 -------------------------------------------------------


def test_layers_of_burgess2018_are_the_papers():
    """Burgess et al. 2018, appendix A."""
    encoder, decoder = burgess2018((64, 64, 1))
    assert layer_table(encoder) == [
        *[convolution(32)] * 4,
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


def test_burgess2018_names_sizes_that_do_not_halve():
    advice = r"\+size=32 behind the data set's name, or use the network conv"
    rule = r"multiples of 8; received .*\(28, 28, 1\)"
    with pytest.raises(ValueError, match=f"{rule}.*{advice}"):
        burgess2018((28, 28, 1))


# ---- Locatello et al. 2019 -----------------------------------------------------


def test_layers_of_locatello2019_are_those_of_the_reference_code():
    """disentanglement_lib's `conv_encoder` and `deconv_decoder`."""
    encoder, decoder = locatello2019((64, 64, 1))
    assert layer_table(encoder) == [
        convolution(32),
        convolution(32),
        convolution(64, 2),
        convolution(64, 2),
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


def test_locatello2019_names_sizes_that_do_not_halve():
    with pytest.raises(ValueError, match=r"multiples of 16; received .*\(24, 32, 1\)"):
        locatello2019((24, 32, 1))


# ---- our own -------------------------------------------------------------------


def map_of(encoder, depth):
    return encoder.get_layer(f"conv{depth}").output.shape[1:]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("side", "filters", "smallest"),
    [
        (28, (32, 32), 7),
        (32, (32, 32, 64), 4),
        (64, (32, 32, 64, 64), 4),
        (128, (32, 32, 64, 64, 128), 4),
        (256, (32, 32, 64, 64, 128, 128), 4),
    ],
)
def test_the_size_decides_the_depth(side, filters, smallest, channels):
    encoder, decoder = conv((side, side, channels))
    assert layer_table(encoder) == [*map(convolution, filters), dense(256), *head(10)]
    assert map_of(encoder, len(filters)) == (smallest, smallest, filters[-1])
    up = [deconv(count) for count in filters[-2::-1]]
    assert layer_table(decoder) == [
        dense(256),
        dense(smallest * smallest * filters[-1]),
        *up,
        deconv(channels, "linear"),
    ]
    assert decoder.output.shape[1:] == (side, side, channels)


@pytest.mark.parametrize(
    ("shape", "smallest"),
    [
        ((8, 8, 1), (4, 4)),
        ((9, 9, 1), (5, 5)),
        ((50, 30, 3), (7, 4)),  # 30 → 15 → 8 → 4
        ((33, 100, 1), (5, 13)),
        ((512, 512, 1), (4, 4)),
    ],
)
def test_any_size_from_8_pixels_on_comes_back_as_it_was(shape, smallest):
    encoder, decoder = conv(shape)
    assert decoder.output.shape[1:] == shape
    assert decoder.get_layer("reshape").output.shape[1:3] == smallest
    assert encoder.inputs[0].shape[1:] == shape


def test_at_64_pixels_it_is_the_papers_network_for_photographs():
    ours, theirs = (
        conv((64, 64, 3), 32),
        kb.networks.build("higgins2017_conv", (64,) * 2 + (3,)),
    )
    assert [layer_table(network) for network in ours] == [
        layer_table(network) for network in theirs
    ]


def test_number_of_parameters_that_the_docstring_prints():
    """At 28 pixels, by hand: convolutions of 16 taps, a map of 7·7·32 = 1568."""
    encoder, decoder = conv((28, 28, 1))
    inner = 16 * 32 * 32 + 32
    down = (16 * 32 + 32) + inner + (1568 * 256 + 256) + 2 * (256 * 10 + 10)
    up = (10 * 256 + 256) + (256 * 1568 + 1568) + inner + (16 * 32 + 1)
    assert (encoder.count_params(), decoder.count_params()) == (down, up)
    assert f"{down + up:,}" in conv.__doc__


@pytest.mark.parametrize("side", [32, 64, 128, 256])
def test_the_docstring_prints_the_parameters_of_each_size(side):
    total = sum(network.count_params() for network in conv((side, side, 1)))
    assert f"| {side} | 4 |" in conv.__doc__
    assert f"{total:,}" in conv.__doc__


@pytest.mark.parametrize("shape", [(7, 64, 1), (64, 4, 3)])
def test_smaller_images_are_refused(shape):
    with pytest.raises(ValueError, match=r"8 pixels or more a side; received .*higgin"):
        conv(shape)


def test_a_model_of_it_trains_saves_and_loads(tmp_path, monkeypatch):
    model = kb.BetaVAE(*conv((8, 8, 1), 3), seed=0)
    model.compile(keras.optimizers.Adam(1e-3))
    assert_model_contract(model, tmp_path, monkeypatch)


@pytest.mark.across_backends
def test_training_on_odd_colour_images_lowers_the_loss():
    keras.utils.set_random_seed(0)
    model = kb.BetaVAE(*conv((9, 11, 3), 2), beta=1.0, seed=0)
    model.compile(keras.optimizers.Adam(3e-3))
    images = small_images(16, image_shape=(9, 11, 3))
    history = model.fit(images, batch_size=16, epochs=20, verbose=0).history["loss"]
    assert np.isfinite(history).all()
    assert history[-1] < 0.8 * history[0]


@pytest.mark.parametrize("shape", [64, None, "64", 3.5, (64.0, 64, 1)])
def test_an_image_shape_that_is_none_is_named(shape):
    with pytest.raises(ValueError, match="`image_shape` must be"):
        kb.networks.build("conv", shape)


@pytest.mark.parametrize("shape", [[8, 8, 1], np.array([8, 8, 1])])
def test_an_image_shape_may_be_any_sequence(shape):
    assert kb.networks.build("conv", shape)[1].output.shape == (None, 8, 8, 1)


# ---- what are no images --------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("mlp", (13,)),
        ("mlp", (6, 2)),
        ("mlp", (3, 5, 7, 1)),
        ("conv1d", (33, 3)),
        ("conv1d", (8, 1)),
        ("conv3d", (9, 8, 12, 2)),
    ],
)
def test_networks_of_what_are_no_images_keep_their_shape(name, shape):
    encoder, decoder = build(name, shape, 3)
    mean, log_variance = encoder(np.ones((2, *shape), "float32"))
    assert mean.shape == log_variance.shape == (2, 3)
    assert decoder(mean).shape == (2, *shape)


def test_layers_of_the_strided_ones_follow_conv():
    encoder, decoder = build("conv1d", (50, 3))
    kinds = [type(layer).__name__ for layer in encoder.layers]
    assert kinds.count("Conv1D") == 3  # 50, 25, 13, 7
    assert [layer.filters for layer in encoder.layers[1:4]] == [32, 32, 64]
    deconvolutions = [x for x in decoder.layers if "Transpose" in type(x).__name__]
    assert [layer.filters for layer in deconvolutions] == [32, 32, 3]


@pytest.mark.parametrize(("columns", "units"), [(13, 64), (30, 128), (300, 1024)])
def test_the_dense_one_is_four_times_as_wide_as_the_data(columns, units):
    encoder, _ = build("mlp", (columns,))
    assert [layer.units for layer in encoder.layers[1:3]] == [units, units]


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ((13,), "mlp"),
        ((50, 3), "conv1d"),
        ((7, 3), "mlp"),
        ((64, 64, 1), "conv"),
        ((16, 16, 16, 1), "conv3d"),
        ((16, 16, 5, 1), "mlp"),
    ],
)
def test_the_usual_network_follows_the_shape(shape, name):
    assert kb.networks.network_for(shape) == name


@pytest.mark.parametrize(
    ("name", "shape", "said"),
    [
        ("burgess2018", (50, 3), "takes images; received series .*Use conv1d"),
        ("conv", (13,), "takes images; received table .*Use mlp"),
        ("conv1d", (13,), r"takes series, \(n, time, channels\); .*Use mlp"),
        ("conv3d", (64, 64, 1), "takes volumes, .*Use conv"),
        ("conv1d", (7, 1), "8 or more along each axis; .*Use the dense network mlp"),
        ("mlp", (2,) * 5, "1 to 4 axes"),
        ("conv1d", 64, "received the shape 64"),
    ],
)
def test_a_network_for_other_data_is_told_which(name, shape, said):
    with pytest.raises(ValueError, match=said):
        build(name, shape)
