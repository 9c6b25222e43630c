import keras
import numpy as np
import pytest
from small_model import small_networks

from keras_bvae.models import model_rules as rules


def test_input_shape_is_known_of_built_networks_only():
    assert rules.static_input_shape(small_networks()[0]) == (8, 8, 1)
    assert rules.static_input_shape(keras.Sequential([keras.layers.Flatten()])) is None


@pytest.mark.parametrize("value", [-0.1, np.inf, "1", None])
def test_strengths_are_finite_and_not_negative(value):
    with pytest.raises(ValueError, match="`gamma` must be a finite number >= 0"):
        rules.require_not_negative(gamma=value)


def test_strengths_may_be_numpy_numbers_and_zero():
    rules.require_not_negative(alpha=0, beta=np.float32(4), gamma=np.int64(1))


def test_posterior_of_two_equal_shapes_is_taken_apart():
    outputs = [keras.KerasTensor((None, 3)), keras.KerasTensor((None, 3))]
    assert rules.require_posterior(outputs) == tuple(outputs)


@pytest.mark.parametrize("shapes", [[(None, 3)], [(None, 3), (None, 4)], [(None,)] * 2])
def test_other_posteriors_are_refused(shapes):
    outputs = [keras.KerasTensor(shape) for shape in shapes]
    with pytest.raises(ValueError, match="must return two outputs"):
        rules.require_posterior(outputs)
