"""Files of earlier versions load: by registered names, wherever the classes lie now."""

import json
import zipfile

import keras
import numpy as np
import pytest
from small_model import small_images, small_model_of

import keras_bvae as kb
from keras_bvae import layers, models, schedules
from keras_bvae.models.two_players import mlp_discriminator

# What stands in files, and must stay.
NAMES = {
    "keras_bvae>AdaGVAE": models.AdaGVAE,
    "keras_bvae>AnnealedVAE": models.AnnealedVAE,
    "keras_bvae>BetaTCVAE": models.BetaTCVAE,
    "keras_bvae>BetaVAE": models.BetaVAE,
    "keras_bvae>Constant": schedules.Constant,
    "keras_bvae>Conv2D": layers.Conv2D,
    "keras_bvae>Conv2DTranspose": layers.Conv2DTranspose,
    "keras_bvae>Conv3D": layers.Conv3D,
    "keras_bvae>Conv3DTranspose": layers.Conv3DTranspose,
    "keras_bvae>Cosine": schedules.Cosine,
    "keras_bvae>Cyclic": schedules.Cyclic,
    "keras_bvae>DIPVAE": models.DIPVAE,
    "keras_bvae>Exponential": schedules.Exponential,
    "keras_bvae>FactorVAE": models.FactorVAE,
    "keras_bvae>InfoVAE": models.InfoVAE,
    "keras_bvae>Linear": schedules.Linear,
    "keras_bvae>PlayerOptimizers": models.PlayerOptimizers,
    "keras_bvae>Sampling": layers.Sampling,
    "keras_bvae>Standardization": models.Standardization,
    "keras_bvae>WarmUp": schedules.WarmUp,
}

# Where 0.5.0 had `Linear`.
GONE = f"{kb.__name__}.schedules.linear"


def test_the_registered_names_are_those_of_earlier_files():
    registered = {
        name: kind
        for name, kind in keras.saving.get_custom_objects().items()
        if name.startswith("keras_bvae>")
    }
    assert registered == NAMES


def in_a_module_that_is_gone(config):
    """A config as if our classes had lain in modules that there are no more."""
    if isinstance(config, dict):
        changed = {key: in_a_module_that_is_gone(v) for key, v in config.items()}
        if str(config.get("module", "")).startswith("keras_bvae"):
            changed["module"] = GONE
        return changed
    if isinstance(config, list):
        return [in_a_module_that_is_gone(value) for value in config]
    return config


@pytest.mark.parametrize(
    "made",
    [
        schedules.Constant(1.0),
        schedules.Linear(0.0, 1.0, 5),
        schedules.Cosine(0.0, 1.0, 5),
        schedules.Cyclic(0.0, 1.0, 5),
        layers.Sampling(seed=1),
        layers.Conv2D(2, 4),
        layers.Conv2DTranspose(2, 4),
        models.PlayerOptimizers(first="adam", second="sgd"),
    ],
    ids=lambda made: type(made).__name__,
)
def test_a_part_is_found_though_its_module_is_gone(made):
    record = in_a_module_that_is_gone(keras.saving.serialize_keras_object(made))
    assert record["module"] == GONE
    assert type(keras.saving.deserialize_keras_object(record)) is type(made)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (kb.BetaVAE, {"beta": schedules.Linear(0.0, 4.0, 10)}),
        (kb.AnnealedVAE, {}),
        (kb.BetaTCVAE, {"dataset_size": 36}),
        (kb.FactorVAE, {"discriminator": mlp_discriminator(units=4, depth=1)}),
        (kb.DIPVAE, {"variant": "ii"}),
        (kb.InfoVAE, {}),
        (kb.AdaGVAE, {}),
    ],
)
def test_a_model_loads_though_its_modules_are_gone(kind, arguments, tmp_path):
    model = small_model_of(kind, **arguments)
    model.save(tmp_path / "saved.keras")
    earlier = tmp_path / "earlier.keras"
    with (
        zipfile.ZipFile(tmp_path / "saved.keras") as saved,
        zipfile.ZipFile(earlier, "w") as archive,
    ):
        for name in saved.namelist():
            content = saved.read(name)
            if name == "config.json":
                config = in_a_module_that_is_gone(json.loads(content))
                content = json.dumps(config)
            archive.writestr(name, content)
    loaded = keras.saving.load_model(earlier)
    assert type(loaded) is kind
    images = small_images(4)
    np.testing.assert_array_equal(loaded.encode(images)[0], model.encode(images)[0])
