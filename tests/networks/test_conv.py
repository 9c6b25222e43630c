import keras
import numpy as np
import pytest
from component_contracts import assert_model_contract
from layer_table import conv as convolution
from layer_table import deconv, dense, head, layer_table
from small_model import small_images

import keras_bvae as kb
from keras_bvae.networks.conv import conv


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
