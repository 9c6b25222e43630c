"""What every layer and every model of the library must pass."""

import keras
import numpy as np
from small_model import SuppliedNoise, small_images

import keras_bvae as kb
from keras_bvae.engine import engine


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


def assert_model_contract(model, folder, monkeypatch, training_images=None):
    """Config round trip; save and load give equal codes and loss; one step trains."""
    images = small_images(16)
    training_images = images if training_images is None else training_images
    clone = type(model).from_config(model.get_config())
    assert clone.get_config() == model.get_config()
    before = [w.copy() for w in model.get_weights()]
    model.fit(training_images, batch_size=16, epochs=1, verbose=0)
    pairs = zip(before, model.get_weights(), strict=True)
    changed = [not np.array_equal(a, b) for a, b in pairs]
    assert sum(changed) >= len(model.trainable_variables)
    path = folder / "model.keras"
    model.save(path)
    restored = keras.saving.load_model(path)
    for ours, theirs in zip(model.encode(images), restored.encode(images), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    noise = np.random.default_rng(0).normal(size=(16, model.latent_dim))
    with monkeypatch.context() as patch:
        patch.setattr(keras.random, "normal", SuppliedNoise(noise))
        logs = [
            m.evaluate(images, batch_size=16, verbose=0, return_dict=True)
            for m in (model, restored)
        ]
    assert logs[0] == logs[1] or np.allclose(
        list(logs[0].values()), list(logs[1].values()), rtol=1e-5
    )
    restored.fit(training_images, batch_size=16, epochs=1, verbose=0)
    assert int(restored.step) == int(model.step) + 1


def assert_is_the_plain_vae(model, images, monkeypatch, plain_images=None):
    """Loss and gradients are those of the VAE with the same networks and noise.

    Args:
        model: the model at its neutral strengths.
        images: batch for it.
        plain_images: batch for the VAE; None: the same.
    """
    plain_images = images if plain_images is None else plain_images
    noise = np.random.default_rng(0).normal(size=(len(plain_images), model.latent_dim))
    monkeypatch.setattr(keras.random, "normal", SuppliedNoise(noise))
    vae = kb.BetaVAE(model.encoder, model.decoder, beta=1.0)
    loss, gradients = loss_and_gradients(model, images)
    plain_loss, plain_gradients = loss_and_gradients(vae, plain_images)
    np.testing.assert_allclose(loss, plain_loss, rtol=1e-6)
    assert len(gradients) == len(plain_gradients) > 0
    for ours, theirs in zip(gradients, plain_gradients, strict=True):
        error = np.linalg.norm(ours - theirs)
        assert error <= 1e-6 * np.linalg.norm(theirs)


def loss_and_gradients(model, images):
    """The training loss of a batch and its gradients, NumPy, nothing updated."""
    variables = [*model.encoder.trainable_variables, *model.decoder.trainable_variables]
    chosen = {id(v) for v in variables}
    others = [v for v in model.variables if id(v) not in chosen]

    def compute():
        loss, _, gradients = engine.value_and_grad(
            lambda: model.loss_and_logs((keras.ops.convert_to_tensor(images),), True),
            variables,
            others,
        )
        return loss, gradients

    loss, gradients = _compiled(compute, model.variables)()
    return _numpy(loss), [_numpy(value) for value in gradients]


def _compiled(function, variables):
    """The function of variables under `jax.jit`; unchanged elsewhere.

    Without it JAX would compile each operation by itself: seconds.
    """
    if keras.backend.backend() != "jax":
        return function
    import jax

    def pure(values):
        with keras.StatelessScope(list(zip(variables, values, strict=True))):
            return function()

    return lambda: jax.jit(pure)([variable.value for variable in variables])


def _numpy(value):
    return keras.ops.convert_to_numpy(value)
