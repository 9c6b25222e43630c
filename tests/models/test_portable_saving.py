import json
import zipfile

import keras
import numpy as np
import pytest
from small_model import small_images, small_model

from keras_bvae.errors import InvalidValue, MissingFile


def saved_config(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


def test_file_names_no_backend_and_no_compiler_flag(tmp_path):
    model = small_model(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0))
    model.fit(small_images(), verbose=0)
    model.save(tmp_path / "model.keras")
    config = saved_config(tmp_path / "model.keras")
    assert "keras.src.backend" not in json.dumps(config)
    assert not {"jit_compile", "run_eagerly", "steps_per_execution"} & set(
        config["compile_config"]
    )


@pytest.mark.parametrize("precision", ["float32", "mixed_float16"])
def test_training_goes_on_bit_for_bit_after_a_load(tmp_path, precision):
    keras.config.set_dtype_policy(precision)
    schedule = keras.optimizers.schedules.CosineDecay(1e-2, 20)
    model = small_model(optimizer=keras.optimizers.Adam(schedule, clipnorm=1.0))
    keras.config.set_dtype_policy("float32")
    images = small_images(16)
    model.fit(images, batch_size=16, epochs=2, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    histories = [
        m.fit(images, batch_size=16, epochs=3, shuffle=False, verbose=0).history["loss"]
        for m in (model, loaded)
    ]
    # The noise goes on too: its stream is in the file.
    assert histories[0] == histories[1]
    for ours, theirs in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert int(loaded.step) == 5


def test_a_changed_beta_is_in_the_file(tmp_path):
    model = small_model(beta=1.0)
    model.beta = 7.5
    model.save(tmp_path / "model.keras")
    assert float(keras.saving.load_model(tmp_path / "model.keras").beta) == 7.5


def test_weights_files_hold_the_random_stream(tmp_path):
    model, other = small_model(), small_model(seed=5)
    model.fit(small_images(), verbose=0)
    model.save_weights(tmp_path / "model.weights.h5")
    other.load_weights(tmp_path / "model.weights.h5")
    states = [
        keras.ops.convert_to_numpy(m.sampling.seed_generator.state.value)
        for m in (model, other)
    ]
    np.testing.assert_array_equal(*states)


def logs_of(model):
    result = model.get_metrics_result()
    return {name: float(value) for name, value in result.items()}


class GoOn(keras.callbacks.Callback):
    """Gives the loaded means back, which `fit` sets to zero where an epoch begins."""

    def __init__(self, model):
        super().__init__()
        variables = model.metrics_variables
        self.values = [keras.ops.convert_to_numpy(v.value) for v in variables]

    def on_epoch_begin(self, epoch, logs=None):
        variables = self.model.metrics_variables
        for variable, value in zip(variables, self.values, strict=True):
            variable.assign(value)


def test_running_means_go_on_after_a_load(tmp_path):
    def fit(model, images, *callbacks):
        settings = {"batch_size": 8, "shuffle": False, "verbose": 0}
        return model.fit(images, callbacks=callbacks, **settings).history

    images = small_images(24)
    unbroken = fit(small_model(), images)
    model = small_model()
    fit(model, images[:16])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert logs_of(loaded) == logs_of(model)
    resumed = fit(loaded, images[16:], GoOn(loaded))
    # The mean over all three batches, bit for bit.
    assert resumed == unbroken
    assert int(loaded.term_means[0].count) == 24
    assert resumed["kl_2"][0] > 0


@pytest.mark.parametrize("others", [[], [keras.metrics.Mean("one_more")]])
def test_means_of_another_number_are_left_at_zero(tmp_path, monkeypatch, others):
    model = small_model()
    model.train_on_batch(small_images(8))
    with monkeypatch.context() as patch:
        # As files from before the means were saved, or of a model that logged others.
        variables = [v for metric in others for v in metric.variables]
        patch.setattr(type(model), "metrics_variables", property(lambda _: variables))
        model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert int(loaded.step) == 1
    assert set(logs_of(loaded).values()) == {0.0}
    loaded.train_on_batch(small_images(8))
    assert int(loaded.step) == 2


@pytest.mark.across_backends
@pytest.mark.parametrize("name", ["m.h5", "m.hdf5", "m.H5", "m.ckpt", "m", "m.KERAS"])
def test_a_name_that_does_not_end_in_keras_is_refused_and_nothing_written(
    tmp_path, name
):
    path = tmp_path / name
    with pytest.raises(InvalidValue, match=r"ends in \.keras.*received .*'.*m"):
        small_model().save(path)
    with pytest.raises(InvalidValue if "h5" in name else ValueError, match="keras"):
        keras.saving.save_model(small_model(), path)
    assert not list(tmp_path.iterdir())


@pytest.mark.across_backends
def test_a_wrong_name_is_told_of_before_the_first_step(tmp_path):
    model = small_model()
    checkpoints = keras.callbacks.ModelCheckpoint(tmp_path / "m.h5")
    with pytest.raises(InvalidValue, match=r"ends in \.keras"):
        model.fit(small_images(), verbose=0, callbacks=[checkpoints])
    assert int(model.step) == 0
    weights = tmp_path / "m.weights.h5"
    checkpoints = keras.callbacks.ModelCheckpoint(weights, save_weights_only=True)
    model.fit(small_images(), verbose=0, callbacks=[checkpoints])
    other = small_model(seed=5)
    other.load_weights(weights)
    for ours, theirs in zip(other.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.across_backends
def test_a_folder_that_does_not_exist_is_named(tmp_path):
    model = small_model()
    for save, name in ((model.save, "m.keras"), (model.save_weights, "m.weights.h5")):
        with pytest.raises(MissingFile, match=r"folder that exists.*'.*none'"):
            save(tmp_path / "none" / name)


@pytest.mark.across_backends
def test_a_folder_in_place_of_a_file_holds_the_model_too(tmp_path):
    model = small_model(beta=7.0)
    model.save(tmp_path / "model", zipped=False)
    assert float(keras.saving.load_model(tmp_path / "model").beta) == 7.0


@pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="Keras writes no SavedModel there"
)
def test_a_trained_model_can_be_exported(tmp_path):
    tensorflow = pytest.importorskip("tensorflow")
    model, images = small_model(), small_images(3).astype("float32") / 255
    model.fit(small_images(), verbose=0)
    model.export(tmp_path / "model", verbose=False)
    loaded = tensorflow.saved_model.load(str(tmp_path / "model"))
    outputs = np.asarray(loaded.serve(images))
    expected = keras.ops.convert_to_numpy(model(images))
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
