import keras
import numpy as np

import keras_bvae as kb
from keras_bvae.engine import engine
from keras_bvae.models import PlayerOptimizers


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
