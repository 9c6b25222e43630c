import re

import keras
import numpy as np
import pytest

from keras_bvae.schedules import Cosine


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
        Cosine(*arguments)
