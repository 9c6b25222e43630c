import re

import keras
import numpy as np
import pytest

from keras_bvae import schedules
from keras_bvae.engine import engine
from keras_bvae.schedules import (
    Constant,
    Cosine,
    Cyclic,
    Exponential,
    Linear,
    WarmUp,
    ramp,
    require_level,
    require_steps,
    turning_steps,
)

EXAMPLES = [
    Constant(0.1),
    Linear(0.0, 0.1, 16),
    Cosine(-1.0, 3.0, 16),
    Cyclic(0.0, 0.1, 16, rise=0.25),
]
# Of learning rates.
OTHERS = [
    Exponential(0.5, 0.1, 16),
    WarmUp(Cosine(0.5, 0.0, 16), 3),
    WarmUp(0.5, 3),
    WarmUp(keras.optimizers.schedules.ExponentialDecay(0.5, 10, 0.9), 3),
]


def number(tensor):
    return float(keras.ops.convert_to_numpy(tensor))


def values_at(schedule, steps):
    return [number(schedule(step)) for step in steps]


@pytest.mark.parametrize("schedule", EXAMPLES + OTHERS, ids=lambda s: type(s).__name__)
def test_config_survives_a_round_trip(schedule):
    record = keras.saving.serialize_keras_object(schedule)
    restored = keras.saving.deserialize_keras_object(record)
    assert type(restored) is type(schedule)
    assert restored.get_config() == schedule.get_config()
    assert number(restored(5)) == number(schedule(5))


@pytest.mark.parametrize("schedule", EXAMPLES + OTHERS, ids=lambda s: type(s).__name__)
def test_any_kind_of_step_gives_one_float32_scalar(schedule):
    steps = [5, np.int64(5), keras.Variable(5, dtype="int32", trainable=False)]
    values = [schedule(step) for step in steps]
    for value in values:
        assert keras.backend.standardize_dtype(value.dtype) == "float32"
        assert tuple(value.shape) == ()
    assert len({number(value) for value in values}) == 1


def test_the_names_for_the_command_are_those_of_the_classes():
    names = {type(schedule).__name__.lower() for schedule in EXAMPLES}
    assert set(schedules.SCHEDULES) == names


def test_a_schedule_serves_as_a_learning_rate():
    x = keras.Variable(np.float32([0.0]))
    optimizer = keras.optimizers.SGD(Linear(0.0, 1.0, 4))
    optimizer = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    optimizer.build([x])
    for _ in range(3):
        engine.apply_gradients(optimizer, [keras.ops.ones((1,))], [x])
    # By hand: rates 0, 1/4 and 2/4 for a slope of 1
    np.testing.assert_allclose(keras.ops.convert_to_numpy(x), [-0.75])
    assert number(optimizer.learning_rate) == 0.75


def test_a_schedule_of_ones_own_writes_value_at_alone():
    class Squared(schedules.Schedule):
        def __init__(self, scale):
            super().__init__(scale=scale)

        def value_at(self, step):
            return self.scale * step * step

    assert number(Squared(0.5)(4)) == 8.0
    assert Squared.from_config(Squared(0.5).get_config()).scale == 0.5


def test_a_ramp_rests_at_both_ends():
    steps = keras.ops.convert_to_tensor(np.float32([-3, 0, 1, 4, 5]))
    values = keras.ops.convert_to_numpy(ramp(steps, 4))
    np.testing.assert_array_equal(values, [0, 0, 0.25, 1, 1])


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), "4", None])
def test_a_level_must_be_a_finite_number(value):
    require_level(end=-3, start=np.float32(0.5))
    received = f"`end` of a schedule must be a finite number; received end={value!r}"
    with pytest.raises(ValueError, match=re.escape(received)):
        require_level(start=0.0, end=value)


@pytest.mark.parametrize("value", [0, -1, 2.5, 4.0, "4", None])
def test_steps_must_be_whole_and_above_0(value):
    require_steps(steps=1, period=np.int64(7))
    received = f"must be a whole number >= 1; received steps={value!r}"
    with pytest.raises(ValueError, match=re.escape(received)):
        require_steps(steps=value)


@pytest.mark.parametrize("step", [0, 1, 500, 10_000_000])
def test_every_step_has_the_value(step):
    value = Constant(2.5)(step)
    assert number(value) == 2.5


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "2.5", None])
def test_the_value_must_be_finite(value):
    with pytest.raises(ValueError, match=f"received value={value!r}"):
        Constant(value)


@pytest.mark.parametrize(
    ("step", "expected"),
    [(0, 2.0), (1, 1.875), (8, 1.0), (15, 0.125), (16, 0.0), (17, 0.0), (10**7, 0.0)],
)
def test_a_line_falls_from_2_to_0_in_16_steps(step, expected):
    value = Linear(2.0, 0.0, steps=16)(step)
    assert number(value) == expected


@pytest.mark.parametrize(
    ("step", "nats"), [(0, 0.0), (50_000, 12.5), (100_000, 25.0), (300_000, 25.0)]
)
def test_the_capacity_of_burgess_2018(step, nats):
    value = Linear(0.0, 25.0, steps=100_000)(step)
    assert number(value) == nats


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (0, 2.0),
        (25, 2 + 4 * (1 - np.sqrt(0.5))),  # cos(π / 4)
        (50, 6.0),
        (75, 2 + 4 * (1 + np.sqrt(0.5))),
        (100, 10.0),
        (5_000, 10.0),
    ],
)
def test_half_a_cosine_rises_from_2_to_10_in_100_steps(step, expected):
    value = keras.ops.convert_to_numpy(Cosine(2.0, 10.0, steps=100)(step))
    np.testing.assert_allclose(value, expected, rtol=1e-6)


@pytest.mark.parametrize("ramp_of", [Linear, Cosine])
@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        ((float("nan"), 1.0, 5), "start=nan"),
        ((0.0, float("inf"), 5), "end=inf"),
        ((0.0, 1.0, 0), "steps=0"),
        ((0.0, 1.0, 2.5), "steps=2.5"),
        ((0.0, 1.0, True), "steps=True"),
    ],
)
def test_bad_arguments_of_a_ramp_are_named(ramp_of, arguments, received):
    with pytest.raises(ValueError, match=re.escape(f"received {received}")):
        ramp_of(*arguments)


def test_half_of_a_cycle_rises_and_half_rests():
    steps = [0, 1, 4, 5, 9, 10, 13, 15, 19, 20, 1_000_003]
    expected = [0, 0.8, 3.2, 4, 4, 0, 2.4, 4, 4, 0, 2.4]
    actual = values_at(Cyclic(0.0, 4.0, period=10), steps)
    np.testing.assert_allclose(actual, expected, rtol=1e-6)


def test_a_rise_of_1_is_a_saw():
    saw = Cyclic(1.0, 3.0, period=4, rise=1.0)
    assert values_at(saw, range(6)) == [1.0, 1.5, 2.0, 2.5, 1.0, 1.5]


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        ({"start": float("nan")}, "start=nan"),
        ({"end": float("inf")}, "end=inf"),
        ({"period": 0}, "period=0"),
        ({"period": 2.5}, "period=2.5"),
        ({"rise": 0.0}, "rise=0.0"),
        ({"rise": 1.5}, "rise=1.5"),
        ({"rise": -0.5}, "rise=-0.5"),
        ({"rise": float("nan")}, "rise=nan"),
    ],
)
def test_bad_arguments_of_a_cycle_are_named(arguments, received):
    with pytest.raises(ValueError, match=re.escape(f"received {received}")):
        Cyclic(**{"start": 0.0, "end": 1.0, "period": 8, **arguments})


def test_steps_where_a_schedule_turns():
    assert turning_steps(Constant(3.0)) == [0]
    assert turning_steps(Linear(0.0, 4.0, 50)) == [0, 50]
    assert 50 in turning_steps(Cyclic(0.0, 4.0, period=100, rise=0.5))
    steps = turning_steps(keras.optimizers.schedules.CosineDecay(1.0, 123_456))
    assert {0, 123_456, 123_457, 246_912} <= set(steps)
    assert steps == sorted(steps)
    assert max(np.diff(steps)) < 10_000


def test_an_exponential_falls_by_the_same_share_every_step():
    values = values_at(Exponential(8.0, 1.0, 3), range(5))
    np.testing.assert_allclose(values, [8, 4, 2, 1, 1], rtol=1e-6)


def test_a_warm_up_rises_to_where_the_schedule_begins_and_then_follows_it():
    values = values_at(WarmUp(Linear(1.0, 0.0, 4), 2), range(7))
    np.testing.assert_allclose(values, [0, 0.5, 1, 0.75, 0.5, 0.25, 0], rtol=1e-6)
    # As Keras counts the warm-up of its own.
    theirs = keras.optimizers.schedules.CosineDecay(
        0.0, 8, warmup_target=0.5, warmup_steps=4
    )
    ours = WarmUp(Cosine(0.5, 0.0, 8), 4)
    for step in (0, 1, 3, 4, 7, 12):
        assert number(ours(step)) == pytest.approx(number(theirs(step)), abs=1e-7)


@pytest.mark.parametrize("end", [0.0, -1.0, float("nan")])
def test_an_exponential_never_gets_to_0(end):
    with pytest.raises(ValueError, match="must be a finite number > 0"):
        Exponential(1.0, end, 3)
