import re

import keras
import numpy as np
import pytest

from keras_bvae.schedules import Cyclic


def values(schedule, steps):
    return [float(keras.ops.convert_to_numpy(schedule(step))) for step in steps]


def test_half_of_a_cycle_rises_and_half_rests():
    steps = [0, 1, 4, 5, 9, 10, 13, 15, 19, 20, 1_000_003]
    expected = [0, 0.8, 3.2, 4, 4, 0, 2.4, 4, 4, 0, 2.4]
    actual = values(Cyclic(0.0, 4.0, period=10), steps)
    np.testing.assert_allclose(actual, expected, rtol=1e-6)


def test_a_rise_of_1_is_a_saw():
    saw = Cyclic(1.0, 3.0, period=4, rise=1.0)
    assert values(saw, range(6)) == [1.0, 1.5, 2.0, 2.5, 1.0, 1.5]


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
def test_bad_arguments_are_named(arguments, received):
    with pytest.raises(ValueError, match=re.escape(f"received {received}")):
        Cyclic(**{"start": 0.0, "end": 1.0, "period": 8, **arguments})
