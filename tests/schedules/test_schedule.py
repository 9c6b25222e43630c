import re

import keras
import numpy as np
import pytest

from keras_bvae import schedules
from keras_bvae.engine import engine
from keras_bvae.schedules.schedule import ramp, require_level, require_steps

EXAMPLES = [
    schedules.Constant(0.1),
    schedules.Linear(0.0, 0.1, 16),
    schedules.Cosine(-1.0, 3.0, 16),
    schedules.Cyclic(0.0, 0.1, 16, rise=0.25),
]


def number(tensor):
    return float(keras.ops.convert_to_numpy(tensor))


@pytest.mark.parametrize("schedule", EXAMPLES, ids=lambda s: type(s).__name__)
def test_config_survives_a_round_trip(schedule):
    record = keras.saving.serialize_keras_object(schedule)
    restored = keras.saving.deserialize_keras_object(record)
    assert type(restored) is type(schedule)
    assert restored.get_config() == schedule.get_config()
    assert number(restored(5)) == number(schedule(5))


@pytest.mark.parametrize("schedule", EXAMPLES, ids=lambda s: type(s).__name__)
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
    optimizer = keras.optimizers.SGD(schedules.Linear(0.0, 1.0, 4))
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
