import random

import keras
import numpy as np
import pytest

from keras_bvae.networks.making import drawing_apart, layers_in, weights_from


def kernel():
    layer = keras.layers.Dense(2)
    layer.build((None, 2))
    return layer.get_weights()[0]


def test_the_seed_decides_the_weights_and_the_process_goes_on_with_its_own_numbers():
    random.seed(3)
    expected = random.random()
    random.seed(3)
    kernels = []
    for seed in (5, 5, 6):
        with weights_from(seed):
            kernels.append(kernel())
    np.testing.assert_array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[0], kernels[2])
    with drawing_apart():
        kernel()
    assert random.random() == expected


def test_the_precision_is_put_back_after_an_error_too():
    def fail():
        with layers_in("mixed_bfloat16"):
            assert keras.layers.Dense(2).compute_dtype == "bfloat16"
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert keras.config.dtype_policy().name == "float32"
