import json
import random
import zipfile

import keras
import numpy as np
import pytest
from small_model import small_images, small_model_of

import keras_bvae as kb
from keras_bvae.engine import engine
from keras_bvae.models import PlayerOptimizers
from keras_bvae.models.two_players import mlp_discriminator


def arrays(variables):
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def number(variable):
    return keras.ops.convert_to_numpy(variable).item()


def two_players(**options):
    """Built optimizers of a player each, with a weight each."""
    players = PlayerOptimizers(
        first=keras.optimizers.SGD(0.5, **options),
        second=keras.optimizers.SGD(2.0, **options),
    )
    first, second = keras.Variable([0.0]), keras.Variable([0.0])
    players.build_players(first=[first], second=[second])
    return players, first, second


def step(optimizer, variable):
    engine.apply_gradients(optimizer, [keras.ops.ones((1,))], [variable])


def test_each_player_updates_its_own_weights():
    players, first, second = two_players()
    step(players["first"], first)
    step(players["second"], second)
    step(players["second"], second)
    # By hand: 0 - 0.5, and 0 - 2 · 2.0
    assert (number(first), number(second)) == (-0.5, -4.0)


def test_rate_and_count_are_those_of_the_first_player():
    players, first, second = two_players()
    assert number(players.learning_rate) == 0.5
    players.learning_rate = 0.25
    assert number(players["first"].learning_rate) == 0.25
    assert number(players["second"].learning_rate) == 2.0
    step(players["second"], second)
    assert int(players.iterations) == 0
    step(players["first"], first)
    assert int(players.iterations) == 1


def test_the_variables_are_those_of_every_player():
    players, _, _ = two_players()
    expected = [*players["first"].variables, *players["second"].variables]
    assert [v.path for v in players.variables] == [v.path for v in expected]
    assert len({id(v) for v in players.variables}) == len(expected) > 0


def test_building_twice_keeps_the_state():
    players, first, second = two_players(momentum=0.9)
    step(players["first"], first)
    before = arrays(players.variables)
    players.build_players(first=[first], second=[second])
    for old, new in zip(before, arrays(players.variables), strict=True):
        np.testing.assert_array_equal(old, new)


def test_config_survives_a_round_trip():
    schedule = kb.schedules.Cosine(1e-3, 0.0, 100)
    players = PlayerOptimizers(
        first=keras.optimizers.Adam(schedule, clipnorm=1.0), second="rmsprop"
    )
    restored = keras.optimizers.deserialize(keras.optimizers.serialize(players))
    assert type(restored) is PlayerOptimizers
    assert restored.get_config() == players.get_config()
    assert list(restored.players) == ["first", "second"]


def test_moving_averages_of_both_players_are_written_back():
    players, first, second = two_players(use_ema=True, ema_momentum=0.5)
    for _ in range(2):
        step(players["first"], first)
        step(players["second"], second)
    players.finalize_variable_values([])
    # By hand: an average begins at the first value; then half of it, half the second
    assert number(first) == (-0.5 - 1.0) / 2
    assert number(second) == (-2.0 - 4.0) / 2


def factor_vae(optimizer="adam", discriminator_optimizer=None, **kwargs):
    random.seed(2)  # Keras draws the seeds of initial weights from it
    kwargs.setdefault("discriminator", mlp_discriminator(units=8, depth=2))
    model = small_model_of(kb.FactorVAE, compiled=False, **kwargs)
    model.compile(optimizer, discriminator_optimizer)
    return model


def fit(model, images, **kwargs):
    kwargs = {"batch_size": 8, "shuffle": False, "verbose": 0, **kwargs}
    return model.fit(images, **kwargs).history


def assert_equal(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


# ---- a run and its resumption --------------------------------------------------


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A run of 7 steps, and its file of step 4."""
    images = small_images(56)
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    model = factor_vae(discriminator_optimizer="rmsprop")
    fit(model, images[:32])
    model.save(path)
    fit(model, images[32:])
    return model, path


@pytest.fixture(scope="module")
def runs(saved):
    """That run, and one that goes on from the file."""
    unbroken, path = saved
    resumed = keras.saving.load_model(path)
    fit(resumed, small_images(56)[32:])
    return unbroken, resumed


def test_both_networks_end_where_an_unbroken_run_does(runs):
    for network in ("encoder", "decoder", "discriminator"):
        ours, theirs = (getattr(model, network).get_weights() for model in runs)
        assert_equal(ours, theirs)


def test_both_optimizers_end_where_an_unbroken_run_does(runs):
    kinds = {"autoencoder": "Adam", "discriminator": "RMSprop"}
    for name, kind in kinds.items():
        ours, theirs = (model.optimizer[name] for model in runs)
        assert type(theirs).__name__ == kind
        assert int(theirs.iterations) == 7
        # Their moments; a new optimizer has zeros.
        assert sum(map(np.count_nonzero, arrays(theirs.variables)[2:])) > 100
        assert_equal(arrays(ours.variables), arrays(theirs.variables))


def test_noise_and_permutations_go_on_where_they_stopped(runs):
    unbroken, resumed = (
        arrays([m.sampling.seed_generator.state.value, m.permutation_seed.state.value])
        for m in runs
    )
    assert_equal(unbroken, resumed)
    noise, permutations = unbroken
    assert not np.array_equal(noise, permutations)


def test_the_file_names_keras_optimizers_and_no_backend(saved):
    with zipfile.ZipFile(saved[1]) as archive:
        config = json.loads(archive.read("config.json"))
    assert "keras.src.backend" not in json.dumps(config)
    players = config["compile_config"]["optimizer"]["config"]
    assert list(players) == ["autoencoder", "discriminator"]
    assert {player["module"] for player in players.values()} == {"keras.optimizers"}


def test_evaluation_logs_the_discriminator_and_trains_neither(runs):
    model, _ = runs
    before = arrays([*model.trainable_variables, *model.optimizer.variables])
    logs = model.evaluate(small_images(8), batch_size=8, verbose=0, return_dict=True)
    assert 0 < logs["discriminator"] < 2
    after = arrays([*model.trainable_variables, *model.optimizer.variables])
    assert_equal(before, after)


def test_callbacks_of_keras_schedule_the_autoencoder(runs):
    model, _ = runs  # trains on, so this is the last test with them
    halved = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    # No epoch is better by 1,000 nats, so the rate falls after the second one.
    reduced = keras.callbacks.ReduceLROnPlateau(
        monitor="loss", factor=0.1, patience=1, min_delta=1e3
    )
    history = fit(model, small_images(8), epochs=2, callbacks=[halved, reduced])
    # By hand: Adam's 1e-3, halved twice, then a tenth.
    np.testing.assert_allclose(history["learning_rate"], [5e-4, 2.5e-4], rtol=1e-6)
    rates = [float(p.learning_rate) for p in model.optimizer.players.values()]
    np.testing.assert_allclose(rates, [2.5e-5, 1e-3], rtol=1e-6)


# ---- whose update moves what ---------------------------------------------------


def test_each_update_moves_its_own_player_alone():
    model = factor_vae(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.1))
    networks = (model.encoder, model.decoder, model.discriminator)
    for rates, moved in [((0.0, 0.1), [0, 0, 1]), ((0.01, 0.0), [1, 1, 0])]:
        for name, rate in zip(("autoencoder", "discriminator"), rates, strict=True):
            model.optimizer[name].learning_rate = rate
        before = [network.get_weights() for network in networks]
        model.train_on_batch(small_images(8))
        changed = [
            any(map(differ, old, network.get_weights()))
            for old, network in zip(before, networks, strict=True)
        ]
        assert changed == list(map(bool, moved))


def differ(one, other):
    return not np.array_equal(one, other)


def test_the_players_share_the_weights_between_them():
    model = factor_vae()
    own = model.autoencoder_variables
    opponents = model.discriminator.trainable_variables
    assert len(own) == 10  # five Dense layers of the two small networks
    assert len(opponents) == 6  # three
    assert {id(v) for v in [*own, *opponents]} == {
        id(v) for v in model.trainable_variables
    }


def test_an_assigned_rate_is_the_autoencoders():
    model = factor_vae()
    model.optimizer.learning_rate = 0.5
    assert float(model.optimizer["autoencoder"].learning_rate) == 0.5
    rate = float(model.optimizer["discriminator"].learning_rate)
    assert rate == pytest.approx(1e-4)


# ---- compile -------------------------------------------------------------------


def test_the_default_opponent_is_the_papers():
    model = small_model_of(kb.FactorVAE)
    hidden = [layer for layer in model.discriminator.layers if hasattr(layer, "units")]
    assert [layer.units for layer in hidden] == [1000] * 6 + [2]
    config = model.optimizer["discriminator"].get_config()
    assert type(model.optimizer["discriminator"]).__name__ == "Adam"
    # Kim & Mnih 2018, appendix A
    expected = {"learning_rate": 1e-4, "beta_1": 0.5, "beta_2": 0.9}
    assert {name: config[name] for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize("name", ["loss", "metrics"])
def test_compile_refuses_a_second_objective(name):
    model = factor_vae()
    with pytest.raises(ValueError, match=f"takes no `{name}`; received {name}='mse'"):
        model.compile("adam", **{name: "mse"})


def test_half_precision_scales_the_loss_of_both_players(tmp_path):
    keras.config.set_dtype_policy("mixed_float16")
    scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(1e-2))
    model = factor_vae(keras.optimizers.Adam(1e-2), scaled)
    players = model.optimizer.players.values()
    assert {type(player).__name__ for player in players} == {"LossScaleOptimizer"}
    # What is scaled already is not scaled twice.
    assert model.optimizer["discriminator"] is scaled
    before = model.discriminator.get_weights()
    losses = fit(model, small_images(64), epochs=8)["loss"]
    assert losses[-1] < 0.9 * losses[0]
    assert any(map(differ, before, model.discriminator.get_weights()))
    assert int(model.step) == 64
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert_equal(*(arrays(m.optimizer.variables) for m in (model, loaded)))


# ---- networks of a user --------------------------------------------------------


def test_a_discriminator_of_a_users_own_plays_and_is_saved(tmp_path):
    codes = keras.Input((3,))
    hidden = keras.layers.Dense(5, activation="tanh")(codes)
    own = keras.Model(codes, keras.layers.Dense(2)(hidden), name="own")
    model = factor_vae(discriminator=own)
    assert model.discriminator is own
    opponents = model.optimizer["discriminator"]
    # By hand: (3 + 1) · 5 and (5 + 1) · 2 weights, two moments of Adam for each
    assert sum(array.size for array in arrays(opponents.variables)) == 2 + 2 * 32
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.discriminator.name == "own"
    assert_equal(own.get_weights(), loaded.discriminator.get_weights())


def test_a_discriminator_with_one_logit_is_refused():
    own = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model = factor_vae(discriminator=own)
    with pytest.raises(ValueError, match="must have the shape"):
        model.train_on_batch(small_images(8))


@keras.saving.register_keras_serializable(package="tests.two_players")
class OwnEncoder(keras.Model):
    """Learns its input's shape with the first images only."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.flatten = keras.layers.Flatten()
        self.heads = [keras.layers.Dense(2), keras.layers.Dense(2)]

    def call(self, images):
        return [head(self.flatten(images)) for head in self.heads]


@keras.saving.register_keras_serializable(package="tests.two_players")
class OwnDecoder(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.pixels = keras.layers.Dense(64)
        self.reshape = keras.layers.Reshape((8, 8, 1))

    def call(self, codes):
        return self.reshape(self.pixels(codes))


@keras.saving.register_keras_serializable(package="tests.two_players")
class OwnDiscriminator(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.logits = keras.layers.Dense(2)

    def call(self, codes):
        return self.logits(codes)


def test_networks_that_wait_for_their_first_batch_play_too(tmp_path):
    networks = OwnEncoder(), OwnDecoder()
    model = kb.FactorVAE(*networks, discriminator=OwnDiscriminator(), seed=0)
    model.compile("adam", discriminator_optimizer="rmsprop")
    assert not model.discriminator.built
    fit(model, small_images(16))
    assert model.latent_dim == 2
    model.save(tmp_path / "own.keras")
    loaded = keras.saving.load_model(tmp_path / "own.keras")
    assert_equal(model.get_weights(), loaded.get_weights())
    assert_equal(arrays(model.optimizer.variables), arrays(loaded.optimizer.variables))
