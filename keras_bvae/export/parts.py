"""A model's networks for export: named inputs and outputs, computing in float32."""

from typing import Any, NamedTuple

import keras
import numpy as np

from keras_bvae.datasets.values import kind_of, name_of_many
from keras_bvae.networks.making import drawing_apart, layers_in
from keras_bvae.rules import require_one_of

PARTS = {
    "encoder": "images to mean and log variance of their codes",
    "decoder": "codes to images",
    "model": "images to mean, log variance, and the image decoded from the mean",
}

MEANINGS = {
    "images": "pixels from 0 (dark) to 1, channels last; divide uint8 by 255",
    "codes": "one value a latent; the prior is N(0, 1) for each",
    "mean": "means of the posterior, the codes that a representation is made of",
    "log_variance": "natural log of the posterior's variance; "
    "draw mean + exp(log_variance / 2) * noise",
    "image": "expected image, pixels from 0 (dark) to 1, channels last",
    # Of what are no images.
    "values": "the data's own numbers in their own units, as they were trained on; any "
    "standardisation is inside",
    "expected_values": "expected numbers, in the units of the values",
}

# What Keras calls a layer's precision in a serialised network.
_POLICY = "DTypePolicy"


class Part(NamedTuple):
    """A network to be exported, with the names of what goes in and comes out.

    Attributes:
        name: one of `PARTS`.
        network: functional `keras.Model`, one input, a list of outputs, float32.
        input_name: str.
        output_names: tuple of str, in the order of the outputs.
        computes: str, what the network does, in words.
        standardization: `Standardization` of the input, or None.
    """

    name: str
    network: Any
    input_name: str
    output_names: tuple
    computes: str
    standardization: Any = None

    @property
    def input_shape(self):
        """Shape of one input, without the batch."""
        return tuple(self.network.inputs[0].shape[1:])

    def example_inputs(self, count):
        """Float32 inputs to try it on: in [0, 1], or from the data's range or prior."""
        rng = np.random.default_rng(0)
        shape = (count, *self.input_shape)
        if self.standardization is not None:
            values = rng.normal(size=shape) * self.standardization.scale
            values = values + self.standardization.mean
        elif self.input_name == "codes":
            values = rng.normal(size=shape)
        else:
            values = rng.random(shape)
        return values.astype("float32")

    def outputs_of(self, array):
        """What Keras computes, a list of NumPy arrays in the order of the names."""
        outputs = self.network.predict_on_batch(array)
        return outputs if isinstance(outputs, (list, tuple)) else [outputs]


def part_of(model, name):
    """A part of a model as one network with named inputs and outputs.

    The decoder gives what `model.decode` gives, the expected image: logits of a
    Bernoulli likelihood go through a sigmoid, means of a Gaussian one are clipped.

    Args:
        model: `VariationalAutoencoder`, built.
        name: one of `PARTS`.

    Returns:
        `Part`.

    Raises:
        ValueError: the name is not one of `PARTS`.
    """
    require_one_of("A part to export", name, PARTS)
    with layers_in("float32"):
        return _part_of(model, name)


def _part_of(model, name):
    is_image = kind_of(model.image_shape) == "images"
    seen, expected = ("images", "image") if is_image else ("values", "expected_values")
    computes = PARTS[name]
    if not is_image:
        computes = computes.replace("the image", "what is")
        computes = computes.replace("images", name_of_many(model))
    if name == "decoder":
        codes = keras.Input((model.latent_dim,), name="codes")
        network = _network(codes, [_expected_image(model, codes)], name)
        return Part(name, network, "codes", (expected,), computes)
    images = keras.Input(model.image_shape, name=seen)
    standard = model.standardization
    taken = images if standard is None else _as_layer(standard.standardized)(images)
    outputs = list(float32_copy(model.encoder)(taken))
    names = ("mean", "log_variance")
    if name == "model":
        outputs.append(_expected_image(model, outputs[0]))
        names = (*names, expected)
    return Part(name, _network(images, outputs, name), seen, names, computes, standard)


def _expected_image(model, codes):
    return model.expected_image(float32_copy(model.decoder)(codes))


def _as_layer(function):
    """A layer that computes a function with constants of its own.

    Applied to the network's inputs as it is, the function would make its constants
    now; TensorFlow's converter takes such tensors for inputs that nobody gives.
    """
    return keras.layers.Lambda(function)


def _network(inputs, outputs, name):
    network = keras.Model(inputs, outputs, name=name)
    network(inputs)  # Keras exports only what was called
    return network


def float32_copy(network):
    """The network itself if it computes in float32, else one that does.

    Runtimes have few operations in half precision, and the weights are float32 under
    the mixed policies anyway: nothing is lost.

    Args:
        network: built Keras model.

    Returns:
        Keras model with the same weights.
    """
    if all(map(is_float32, (network, *layers_of(network)))):
        return network
    config = keras.saving.serialize_keras_object(network)
    with layers_in("float32"), drawing_apart():
        copy = keras.saving.deserialize_keras_object(_in_float32(config))
    copy.set_weights(network.get_weights())
    return copy


def is_float32(layer):
    """Whether a layer computes in float32; one that takes inputs computes nothing."""
    is_input = isinstance(layer, keras.layers.InputLayer)
    return is_input or layer.dtype_policy.compute_dtype == "float32"


def layers_of(network):
    """All layers, those of networks within it too."""
    for layer in network.layers:
        yield layer
        if hasattr(layer, "layers"):
            yield from layers_of(layer)


def _in_float32(config):
    """A serialised network with every dtype policy replaced."""
    if isinstance(config, dict):
        if config.get("class_name") == _POLICY:
            return {**config, "config": {**config["config"], "name": "float32"}}
        return {key: _in_float32(value) for key, value in config.items()}
    if isinstance(config, (list, tuple)):
        return type(config)(_in_float32(value) for value in config)
    return config
