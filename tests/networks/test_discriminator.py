import keras
import numpy as np

from keras_bvae.networks.discriminator import mlp_discriminator


def test_the_default_has_the_papers_six_layers_of_1000():
    network = mlp_discriminator()
    dense = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)]
    slopes = [layer.negative_slope for layer in network.layers if layer not in dense]
    assert [layer.units for layer in dense] == [1000] * 6 + [2]
    assert slopes == [0.2] * 6
    assert {layer.activation.__name__ for layer in dense} == {"linear"}
    # By hand: 10 codes to the first layer, five between the six, and two logits
    network.build((None, 10))
    assert network.count_params() == 11 * 1000 + 5 * 1001 * 1000 + 1001 * 2


def test_it_is_dense_layers_with_leaky_relu_and_two_logits():
    network = mlp_discriminator(units=4, depth=2, slope=0.1)
    codes = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    logits = keras.ops.convert_to_numpy(network(codes))
    assert logits.shape == (5, 2)
    kernels = [w for w in network.get_weights() if w.ndim == 2]
    expected = codes
    for kernel in kernels[:-1]:
        expected = expected @ kernel
        expected = np.where(expected > 0, expected, 0.1 * expected)
    np.testing.assert_allclose(logits, expected @ kernels[-1], rtol=1e-5, atol=1e-6)


def test_it_survives_a_round_trip_through_its_config():
    network = mlp_discriminator(units=4, depth=3, slope=0.3)
    network.build((None, 2))
    record = keras.saving.serialize_keras_object(network)
    restored = keras.saving.deserialize_keras_object(record)
    assert [w.shape for w in restored.weights] == [w.shape for w in network.weights]
    assert restored.layers[1].negative_slope == 0.3
