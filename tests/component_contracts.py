"""What every layer and every model of the library must pass."""

import keras
import numpy as np
from small_model import SuppliedNoise, small_images


def assert_layer_contract(layer, inputs, output_shape):
    """Config round trip, symbolic shape, eager shape, same class after a reload."""
    clone = type(layer).from_config(layer.get_config())
    assert clone.get_config() == layer.get_config()
    symbolic = [keras.KerasTensor(value.shape, "float32") for value in inputs]
    assert tuple(layer(*symbolic).shape) == output_shape
    assert tuple(layer(*inputs).shape) == output_shape
    restored = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(layer)
    )
    assert type(restored) is type(layer)


def assert_model_contract(model, folder, monkeypatch):
    """Config round trip; save and load give equal codes and loss; one step trains."""
    images = small_images(16)
    clone = type(model).from_config(model.get_config())
    assert clone.get_config() == model.get_config()
    before = [w.copy() for w in model.get_weights()]
    model.fit(images, batch_size=16, epochs=1, verbose=0)
    pairs = zip(before, model.get_weights(), strict=True)
    changed = [not np.array_equal(a, b) for a, b in pairs]
    assert sum(changed) >= len(model.trainable_variables)
    path = folder / "model.keras"
    model.save(path)
    restored = keras.saving.load_model(path)
    for ours, theirs in zip(model.encode(images), restored.encode(images), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    noise = np.random.default_rng(0).normal(size=(16, model.latent_dim))
    monkeypatch.setattr(keras.random, "normal", SuppliedNoise(noise))
    logs = [
        m.evaluate(images, batch_size=16, verbose=0, return_dict=True)
        for m in (model, restored)
    ]
    assert logs[0] == logs[1] or np.allclose(
        list(logs[0].values()), list(logs[1].values()), rtol=1e-5
    )
    restored.fit(images, batch_size=16, epochs=1, verbose=0)
    assert int(restored.step) == int(model.step) + 1
