import re

import keras
import pytest

from keras_bvae.schedules import Linear


@pytest.mark.parametrize(
    ("step", "expected"),
    [(0, 2.0), (1, 1.875), (8, 1.0), (15, 0.125), (16, 0.0), (17, 0.0), (10**7, 0.0)],
)
def test_a_line_falls_from_2_to_0_in_16_steps(step, expected):
    value = Linear(2.0, 0.0, steps=16)(step)
    assert float(keras.ops.convert_to_numpy(value)) == expected


@pytest.mark.parametrize(
    ("step", "nats"), [(0, 0.0), (50_000, 12.5), (100_000, 25.0), (300_000, 25.0)]
)
def test_the_capacity_of_burgess_2018(step, nats):
    value = Linear(0.0, 25.0, steps=100_000)(step)
    assert float(keras.ops.convert_to_numpy(value)) == nats


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        ((float("nan"), 1.0, 5), "start=nan"),
        ((0.0, float("inf"), 5), "end=inf"),
        ((0.0, 1.0, 0), "steps=0"),
        ((0.0, 1.0, 2.5), "steps=2.5"),
    ],
)
def test_bad_arguments_are_named(arguments, received):
    with pytest.raises(ValueError, match=re.escape(f"received {received}")):
        Linear(*arguments)
