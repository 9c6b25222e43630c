"""What must hold on two devices; a script, for a process that has two virtual CPUs.

With `XLA_FLAGS=--xla_force_host_platform_device_count=2` on JAX; on TensorFlow it
makes them itself. `python on_two_devices.py FOLDER` prints one line of JSON: for each
check what it found, by name. `tests/models/test_several_devices.py` starts it.
"""

import contextlib
import json
import random
import sys
import traceback
from pathlib import Path
from unittest import mock

import keras
import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_images, small_model_of, small_pairs

import keras_bvae as kb
from keras_bvae.models.checkpoint import load_checkpoint
from keras_bvae.models.two_players import mlp_discriminator

IMAGES = small_images(25)
BACKEND, FOLDER = keras.backend.backend(), Path(sys.argv[1])
# A second player; a random stream beside the posterior's; pairs of images.
OBJECTIVES = [kb.FactorVAE, kb.InfoVAE, kb.AdaGVAE]


def made(kind):
    """A model; a strength follows a schedule in two of them."""
    random.seed(1)  # for the discriminator's weights
    arguments = {}
    if kind is kb.BetaVAE:
        arguments["beta"] = kb.schedules.Linear(0, 4, steps=10)
    if kind is kb.FactorVAE:
        arguments["gamma"] = kb.schedules.Linear(0, 4, steps=10)
        arguments["discriminator"] = mlp_discriminator(units=16, depth=1)
    return small_model_of(kind, **arguments)


def two_devices():
    """A context: models that are made in it train on both."""
    if BACKEND == "jax":
        return keras.distribution.DataParallel().scope()
    return STRATEGY.scope()


def one_step_of_descent(scope, train, **likelihood):
    """A model's weights and logs after `train`, by plain descent and without noise."""

    def no_noise(shape, dtype=None, **arguments):
        return keras.ops.zeros(shape, dtype)

    with scope, mock.patch("keras.random.normal", no_noise):
        descent = keras.optimizers.SGD(1e-3)
        model = small_model_of(kb.BetaVAE, optimizer=descent, **likelihood)
        logs = train(model)
    return model.get_weights(), logs.history


def assert_as_on_one_device(train, **likelihood):
    here = contextlib.nullcontext()
    weights, logs = one_step_of_descent(two_devices(), train, **likelihood)
    expected, expected_logs = one_step_of_descent(here, train, **likelihood)
    for ours, theirs in zip(weights, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)
    for name, values in expected_logs.items():
        np.testing.assert_allclose(logs[name], values, rtol=1e-5, atol=1e-5)


def arrays_train_as_on_one_device():
    """Also where the last batch has one image, and one device none."""
    images = IMAGES if BACKEND == "tensorflow" else IMAGES[:24]
    options = {"batch_size": 8, "shuffle": False, "verbose": 0}
    assert_as_on_one_device(lambda model: model.fit(images, **options))


def weighted_arrays_train_as_on_one_device():
    weights = np.linspace(0.1, 2, 24, dtype="float32")
    options = {"batch_size": 8, "shuffle": False, "verbose": 0}
    assert_as_on_one_device(
        lambda model: model.fit(IMAGES[:24], sample_weight=weights, **options)
    )


def batches_train_as_on_one_device():
    """Many steps a dispatch; on TensorFlow in parts that are not equal."""
    size = 7 if BACKEND == "tensorflow" else 8
    batches = Squares().batches(size, seed=3)
    assert_as_on_one_device(
        lambda model: model.fit(batches, steps_per_epoch=5, epochs=2, verbose=0)
    )


def scales_follow_the_data_as_on_one_device():
    """By the squared error of the whole batch."""
    size = 7 if BACKEND == "tensorflow" else 8
    batches = Squares().batches(size, seed=3)
    for scale in ("learned", "optimal"):
        assert_as_on_one_device(
            lambda model: model.fit(batches, steps_per_epoch=5, epochs=2, verbose=0),
            likelihood="gaussian",
            gaussian_scale=scale,
        )


def devices_draw_their_own_noise():
    with two_devices():
        layer = kb.Sampling(seed=0)
        codes = np.zeros((8, 2), "float32")

        def draw():
            return layer(codes, codes)

        if BACKEND == "jax":
            draws = [np.asarray(draw())]
        else:
            draws = map(np.asarray, STRATEGY.run(draw).values)
    assert len(np.unique(np.concatenate(list(draws)))) == (16, 32)[BACKEND != "jax"]


def objectives_train_save_and_load():
    for kind in OBJECTIVES:
        path = FOLDER / f"{kind.__name__}.keras"
        batches = Squares().batches(8, seed=3)
        if kind is kb.AdaGVAE:
            batches = small_pairs(16)
        with two_devices():
            model = made(kind)
            checkpoints = keras.callbacks.ModelCheckpoint(path)
            logs = model.fit(
                batches, epochs=2, steps_per_epoch=4, verbose=0, callbacks=[checkpoints]
            ).history
        assert all(np.isfinite(values).all() for values in logs.values()), logs
        assert int(model.step) == 4 * 2
        if kind is kb.FactorVAE:
            np.testing.assert_allclose(float(model.gamma), 2.8, rtol=1e-6)
        assert_copies_agree([*model.variables, *model.optimizer.variables])
        model.save_weights(FOLDER / "model.weights.h5")
        assert_same(all_state(load_checkpoint(path)), all_state(model))
        if kind is not kb.FactorVAE:
            continue
        with two_devices():
            again = made(kind)
            again.load_weights(FOLDER / "model.weights.h5")
            assert_same(all_state(again), all_state(model))


def assert_copies_agree(variables):
    for variable in variables:
        copies = [np.asarray(copy) for copy in getattr(variable.value, "values", ())]
        assert all(np.array_equal(copies[0], copy) for copy in copies), variable.path


def all_state(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def assert_same(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)


class DieAfter(keras.callbacks.Callback):
    """Ends the process, as far as `fit` can tell, after so many steps."""

    every_steps = 1
    steps = 0

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        if self.steps == 7:
            raise MemoryError("killed")


def a_fit_that_died_goes_on_exactly():
    def fit(*callbacks):
        with two_devices():
            model = made(kb.BetaVAE)
            batches = Squares().batches(8, seed=3)
            options = {"epochs": 3, "steps_per_epoch": 4, "verbose": 0}
            logs = model.fit(batches, callbacks=callbacks, **options).history
        return all_state(model), logs

    unbroken, logs = fit()
    folder = FOLDER / "backup"
    with contextlib.suppress(MemoryError):
        fit(kb.callbacks.ExactResume(folder, save_freq=3), DieAfter())
    resumed, rows = fit(kb.callbacks.ExactResume(folder, save_freq=3))
    for name, values in logs.items():
        # Two devices add up their parts of a mean in another order.
        np.testing.assert_allclose(rows[name], values, rtol=1e-5, atol=1e-7)
    for ours, theirs in zip(resumed, unbroken, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def odd_numbers_of_images_are_encoded_measured_and_drawn():
    data = Squares()
    with two_devices():
        model = small_model_of(kb.BetaVAE)
        pictures = kb.callbacks.TraversalPictures(data, FOLDER / "pictures")
        model.fit(
            data.batches(8),
            steps_per_epoch=2,
            verbose=0,
            callbacks=[pictures],
            validation_data=(IMAGES,),
        )
        assert len(pictures.written) == 2
        mean, _ = model.encode(IMAGES[:1])
        assert model.decode(mean).shape == (1, *IMAGES.shape[1:])
        results = kb.evaluation.evaluate_model(model, data, metrics=["mig"])
        logs = model.evaluate(IMAGES, batch_size=8, verbose=0, return_dict=True)
    np.testing.assert_allclose(
        logs["kl"], np.mean(_kl(model.encode(IMAGES))), rtol=1e-4
    )
    assert np.isfinite(results["loss"])


def _kl(posterior):
    mean, log_variance = posterior
    return 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1)


def unequal_parts_are_told_of():
    if BACKEND == "tensorflow":
        return  # where they are no matter
    with two_devices():
        model = small_model_of(kb.BetaVAE)
        for images, batch_size, received in (
            (IMAGES[:24], 9, "received batch_size=9"),
            (IMAGES[:23], 8, "received 23 images in batches of 8"),
            (Squares().batches(9), None, "received batch_size=9"),
        ):
            with pytest.raises(kb.errors.InvalidValue, match=received):
                model.fit(images, batch_size=batch_size, verbose=0)
        split = {"validation_split": 0.2, "verbose": 0}
        model.fit(IMAGES, batch_size=4, **split)  # 20 of 25


CHECKS = [
    arrays_train_as_on_one_device,
    weighted_arrays_train_as_on_one_device,
    batches_train_as_on_one_device,
    scales_follow_the_data_as_on_one_device,
    devices_draw_their_own_noise,
    objectives_train_save_and_load,
    a_fit_that_died_goes_on_exactly,
    odd_numbers_of_images_are_encoded_measured_and_drawn,
    unequal_parts_are_told_of,
]

if __name__ == "__main__":
    if BACKEND == "tensorflow":
        import tensorflow as tf

        cpu = tf.config.list_physical_devices("CPU")[0]
        two = [tf.config.LogicalDeviceConfiguration()] * 2
        tf.config.set_logical_device_configuration(cpu, two)
        STRATEGY = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    found = {}
    for check in CHECKS:
        try:
            check()
            found[check.__name__] = "holds"
        except Exception:
            found[check.__name__] = traceback.format_exc()
    print(json.dumps(found))
