"""A network in float32, whatever precision it was trained in."""

import contextlib

import keras

_POLICY = "DTypePolicy"


def float32_copy(network):
    """The network itself if it computes in float32, else one that does.

    Runtimes have few operations in half precision, and the weights are float32 under
    the mixed policies anyway: nothing is lost.

    Args:
        network: built Keras model.

    Returns:
        Keras model with the same weights.
    """
    if all(map(is_float32, (network, *_layers_of(network)))):
        return network
    config = keras.saving.serialize_keras_object(network)
    with float32_policy():
        copy = keras.saving.deserialize_keras_object(_in_float32(config))
    copy.set_weights(network.get_weights())
    return copy


def is_float32(layer):
    """Whether a layer computes in float32; one that takes inputs computes nothing."""
    is_input = isinstance(layer, keras.layers.InputLayer)
    return is_input or layer.dtype_policy.compute_dtype == "float32"


@contextlib.contextmanager
def float32_policy():
    """Layers and networks that are made meanwhile compute in float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _layers_of(network):
    """All layers, those of networks within it too."""
    for layer in network.layers:
        yield layer
        if hasattr(layer, "layers"):
            yield from _layers_of(layer)


def _in_float32(config):
    """A serialised network with every dtype policy replaced."""
    if isinstance(config, dict):
        if config.get("class_name") == _POLICY:
            return {**config, "config": {**config["config"], "name": "float32"}}
        return {key: _in_float32(value) for key, value in config.items()}
    if isinstance(config, (list, tuple)):
        return type(config)(_in_float32(value) for value in config)
    return config
