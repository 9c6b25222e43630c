import keras
import pytest

from keras_bvae.schedules import Constant


@pytest.mark.parametrize("step", [0, 1, 500, 10_000_000])
def test_every_step_has_the_value(step):
    value = Constant(2.5)(step)
    assert float(keras.ops.convert_to_numpy(value)) == 2.5


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "2.5", None])
def test_the_value_must_be_finite(value):
    with pytest.raises(ValueError, match=f"received value={value!r}"):
        Constant(value)
