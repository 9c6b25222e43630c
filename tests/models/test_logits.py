import random

import keras
import numpy as np
import pytest
from keras import layers, ops
from small_model import small_images, small_networks

import keras_bvae as kb
from keras_bvae.models.logits import require_logits


def dense(activation=None, **kwargs):
    return lambda x: layers.Reshape((8, 8, 1))(
        layers.Dense(64, activation, **kwargs)(x)
    )


def then(function):
    return lambda x: function(dense()(x))


def decoder(tail):
    codes = keras.Input((3,))
    return keras.Model(codes, tail(layers.Dense(16, "relu")(codes)))


class Height(layers.Layer):
    def build(self, shape):
        self.height = self.add_weight(shape=(), initializer="ones")

    def call(self, x):
        return self.height * x


def chain(activation=None):
    return keras.Sequential([layers.Dense(64, activation), layers.Reshape((8, 8, 1))])


SQUASHED = {
    "dense, reshape": dense("sigmoid"),
    "from zeros": dense("sigmoid", kernel_initializer="zeros"),
    "operation": then(ops.sigmoid),
    "lambda": then(layers.Lambda(ops.sigmoid)),
    "nested": lambda x: chain("sigmoid")(x),
    "cropped": lambda x: layers.Cropping2D(1)(
        layers.Reshape((10, 10, 1))(layers.Dense(100, "sigmoid")(x))
    ),
    "clipped": then(lambda x: ops.clip(x, 0, 1)),
    "shifted": then(lambda x: 2 * ops.sigmoid(x) - 1),
    "one of two channels": lambda x: layers.Concatenate()(
        [dense()(x), dense("sigmoid")(x)]
    ),
    **{
        name: then(layers.Activation(name))
        for name in [
            "hard_sigmoid",
            "tanh",
            "softsign",
            "relu",
            "relu6",
            "softplus",
            "gelu",
        ]
    },
}
LOGITS = {
    "dense, reshape": dense(),
    "from zeros, unknown layer": lambda x: layers.Lambda(lambda y: y)(
        dense(kernel_initializer="zeros")(x)
    ),
    "a bias above 0": lambda x: layers.Lambda(lambda y: y)(
        dense(bias_initializer=keras.initializers.Constant(3.0))(x)
    ),
    "nested": lambda x: chain()(x),
    "ten times a tanh": lambda x: 10 * dense("tanh")(x),
    "normalised": then(layers.BatchNormalization()),
    "of one channel, normalised": lambda x: layers.BatchNormalization()(
        layers.Reshape((8, 8, 1))(layers.Dense(64)(x))
    ),
    "in groups": lambda x: layers.GroupNormalization(1)(dense()(x)),
    "a tanh of a learnt height": lambda x: Height()(dense("tanh")(x)),
    "sum": lambda x: dense()(x) + dense()(x),
    "scaled up": lambda x: layers.UpSampling2D()(
        layers.Reshape((4, 4, 1))(layers.Dense(16)(x))
    ),
    "leaky": then(layers.LeakyReLU()),
    "constant": lambda x: layers.Reshape((8, 8, 1))(
        layers.Lambda(lambda y: ops.zeros((ops.shape(y)[0], 64)), (64,))(x)
    ),
}


@pytest.mark.parametrize("tail", SQUASHED)
def test_an_activation_shows_wherever_it_hides(tail):
    with pytest.raises(ValueError, match=r"must return logits.*stays between"):
        require_logits(decoder(SQUASHED[tail]), 3)


@pytest.mark.parametrize("tail", LOGITS)
def test_logits_pass_without_a_word(tail, recwarn):
    require_logits(decoder(LOGITS[tail]), 3)
    assert not recwarn.list


def test_the_sentence_names_what_it_looks_like():
    for tail, name in (("lambda", "sigmoid"), ("tanh", "tanh"), ("relu", "ReLU")):
        with pytest.raises(ValueError, match=f"as behind a {name}"):
            require_logits(decoder(SQUASHED[tail]), 3)


def test_a_frozen_decoder_is_looked_at_as_others_are():
    frozen = decoder(SQUASHED["operation"])
    frozen.trainable = False
    with pytest.raises(ValueError, match="must return logits"):
        require_logits(frozen, 3)
    frozen = decoder(LOGITS["ten times a tanh"])
    frozen.trainable = False
    require_logits(frozen, 3)


def test_the_models_refuse_it_for_bernoulli_alone():
    encoder, _ = small_networks()
    with pytest.raises(ValueError, match="must return logits"):
        kb.FactorVAE(encoder, decoder(SQUASHED["operation"]))
    for tail in ("operation", "relu", "tanh"):
        kb.BetaVAE(encoder, decoder(SQUASHED[tail]), likelihood="gaussian")


def test_the_library_s_networks_are_not_even_called(monkeypatch):
    monkeypatch.setattr("keras_bvae.models.logits._random_output", None)
    for name in ("conv", "higgins2017"):
        require_logits(kb.networks.build(name, (8, 8, 1), 3)[1], 3)
    require_logits(small_networks()[1], 3)


def test_nothing_moves_by_the_look():
    codes = keras.Input((3,))
    x = layers.Dropout(0.5, seed=1)(layers.BatchNormalization()(codes))
    network = keras.Model(codes, layers.Lambda(lambda y: y)(dense()(x)))
    values = [ops.convert_to_numpy(v) for v in network.variables]
    state, drawn = np.random.get_state()[1].copy(), random.getstate()
    require_logits(network, 3)
    for variable, value in zip(network.variables, values, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(variable), value)
    np.testing.assert_array_equal(np.random.get_state()[1], state)
    assert random.getstate() == drawn


def test_a_file_loads_unlooked_at_and_trains_only_if_it_may(monkeypatch, tmp_path):
    monkeypatch.setattr("keras_bvae.models.arriving_images.require_logits", print)
    model = kb.BetaVAE(small_networks()[0], decoder(then(ops.sigmoid)))
    model.compile("adam")
    model.save(tmp_path / "earlier.keras")
    monkeypatch.undo()
    loaded = keras.saving.load_model(tmp_path / "earlier.keras")
    assert loaded.encode(small_images(4))[0].shape == (4, 3)
    loaded.evaluate(small_images(8), verbose=0)
    with pytest.raises(ValueError, match="must return logits"):
        loaded.fit(small_images(8), verbose=0)
