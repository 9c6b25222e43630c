import keras
import numpy as np
import pytest
from small_model import small_networks

import keras_bvae as kb
from keras_bvae.models import model_rules as rules


def test_input_shape_is_known_of_built_networks_only():
    assert rules.static_input_shape(small_networks()[0]) == (8, 8, 1)
    assert rules.static_input_shape(keras.Sequential([keras.layers.Flatten()])) is None


@pytest.mark.parametrize(
    ("data", "batch_size", "said"),
    [
        (
            None,
            1,
            "A covariance needs at least 2 images a batch; received batch_size=1",
        ),
        (np.zeros((65, 8, 8, 1)), 64, "received 65 images in batches of 64"),
    ],
)
def test_a_batch_of_a_single_image_is_refused(data, batch_size, said):
    with pytest.raises(ValueError, match=said):
        rules.require_several_images(data, batch_size, "A covariance")


def test_batches_of_several_images_and_unknown_ones_pass():
    rules.require_several_images(np.zeros((64, 8, 8, 1)), 32, "A covariance")
    rules.require_several_images(iter(()), None, "A covariance")


@pytest.mark.parametrize("shape", [(4, 8, 8, 1), (4, 3, 8, 8, 1), (4, 8)])
def test_pairs_have_an_axis_of_two(shape):
    rules.require_pairs((None, 2, 8, 8, 1), needed=True)
    with pytest.raises(ValueError, match="received shape"):
        rules.require_pairs(shape, needed=True)


def test_single_images_pass_where_no_pairs_are_needed():
    rules.require_pairs((None, 8, 8, 1), needed=False)


def test_posterior_of_two_equal_shapes_is_taken_apart():
    outputs = [keras.KerasTensor((None, 3)), keras.KerasTensor((None, 3))]
    assert rules.require_posterior(outputs) == tuple(outputs)


@pytest.mark.parametrize("shapes", [[(None, 3)], [(None, 3), (None, 4)], [(None,)] * 2])
def test_other_posteriors_are_refused(shapes):
    outputs = [keras.KerasTensor(shape) for shape in shapes]
    with pytest.raises(ValueError, match="must return two outputs"):
        rules.require_posterior(outputs)


def encoder_after(first, image_shape=(8, 8, 1)):
    images = keras.Input(image_shape)
    mean, log_variance = small_networks(image_shape)[0](first(images))
    return keras.Model(images, [mean, log_variance])


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("offset", [0, -1])
def test_an_encoder_that_divides_once_more_is_refused(likelihood, offset):
    rescaling = keras.layers.Rescaling((1 - offset) / 255, offset)
    nested = keras.Sequential([rescaling])
    for first in (rescaling, nested):
        with pytest.raises(ValueError, match=r"gets images in \[0, 1\].*multiplies"):
            kb.BetaVAE(encoder_after(first), small_networks()[1], likelihood=likelihood)


def test_an_encoder_may_move_its_images_and_one_of_numbers_may_divide():
    first = keras.layers.Rescaling(2.0, -1.0)
    kb.BetaVAE(encoder_after(first), small_networks()[1])
    columns = keras.Input((5,))
    x = keras.layers.Rescaling(1 / 255)(columns)
    encoder = keras.Model(columns, [keras.layers.Dense(2)(x) for _ in range(2)])
    codes = keras.Input((2,))
    decoder = keras.Model(codes, keras.layers.Dense(5)(codes))
    kb.BetaVAE(encoder, decoder, likelihood="gaussian")
