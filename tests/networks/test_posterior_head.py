import keras

from keras_bvae.networks.posterior_head import posterior_head


def test_mean_and_log_variance_have_no_activation():
    features = keras.Input((6,))
    network = keras.Model(features, posterior_head(features, 3))
    assert [layer.name for layer in network.layers[1:]] == ["mean", "log_variance"]
    assert {layer.activation.__name__ for layer in network.layers[1:]} == {"linear"}
    assert [output.shape for output in network.outputs] == [(None, 3)] * 2


def test_they_stay_float32_under_mixed_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    outputs = posterior_head(keras.Input((6,)), 3)
    assert [output.dtype for output in outputs] == ["float32", "float32"]
