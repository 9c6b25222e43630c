import keras
import numpy as np

from keras_bvae.models.scalar_weight import add_scalar_weight


def test_a_scalar_weight_reads_as_a_number_and_is_one_of_the_models():
    model = keras.Sequential([keras.Input((1,))])
    step = add_scalar_weight(model, "step", dtype="int")
    assert [weight.name for weight in model.non_trainable_weights] == ["step"]
    step.assign(3)
    assert int(step) == 3
    assert float(step) == 3.0
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(step), 3)
