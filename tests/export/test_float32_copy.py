import keras
import numpy as np
from small_model import small_images

from keras_bvae.export.float32_copy import float32_copy, is_float32
from keras_bvae.networks import build


def test_a_float32_network_is_not_copied():
    encoder, _ = build("conv", (8, 8, 1), 2)
    assert float32_copy(encoder) is encoder


def test_a_network_of_mixed_precision_becomes_the_float32_one_with_its_weights():
    plain, _ = build("conv", (8, 8, 1), 2)
    keras.config.set_dtype_policy("mixed_bfloat16")
    mixed, _ = build("conv", (8, 8, 1), 2)
    mixed.set_weights(plain.get_weights())
    assert not all(map(is_float32, mixed.layers))
    copy = float32_copy(mixed)
    assert all(map(is_float32, (copy, *copy.layers)))
    assert keras.config.dtype_policy().name == "mixed_bfloat16"
    assert [type(layer) for layer in copy.layers] == [type(x) for x in mixed.layers]
    images = small_images(4).astype("float32") / 255
    for ours, expected in zip(copy(images), plain(images), strict=True):
        np.testing.assert_allclose(
            keras.ops.convert_to_numpy(ours),
            keras.ops.convert_to_numpy(expected),
            atol=1e-6,
        )
    assert not all(map(is_float32, mixed.layers))  # the model's own stay as they were


def test_networks_within_networks_are_seen():
    keras.config.set_dtype_policy("mixed_bfloat16")
    inner = keras.Sequential([keras.layers.Dense(2)])
    keras.config.set_dtype_policy("float32")
    inputs = keras.Input((3,))
    outer = keras.Model(inputs, inner(inputs))
    (layer,) = float32_copy(outer).layers[-1].layers
    assert is_float32(layer)
