import dataclasses
import json
import re
from fractions import Fraction

import numpy as np
import pytest

from keras_bvae.datasets import load
from keras_bvae.runs.settings import PRESETS, Settings


def test_defaults_are_the_burgess_network_on_dsprites():
    settings = Settings()
    assert (settings.data, settings.network) == ("dsprites", "burgess2018")
    # Burgess et al. 2018, appendix A: Adam, 5e-4, batches of 64.
    assert (settings.optimizer, settings.learning_rate) == ("adam", 5e-4)
    assert settings.batch_size == 64


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("higgins2017", {"optimizer": "adagrad", "learning_rate": 1e-2, "beta": 4.0}),
        ("burgess2018", {"optimizer": "adam", "learning_rate": 5e-4, "batch_size": 64}),
        ("burgess2018", {"objective": "annealed_vae", "gamma": 1000, "capacity": 25}),
        ("burgess2018", {"capacity_steps": 100_000, "steps": 100_000}),
        ("locatello2019", {"learning_rate": 1e-4, "batch_size": 64, "steps": 300_000}),
    ],
)
def test_presets_are_the_papers_numbers(preset, expected):
    settings = Settings.from_preset(preset).to_dict()
    assert settings["network"] == preset
    assert {name: settings[name] for name in expected} == expected


def test_the_preset_of_celeba_is_the_papers_network_for_it():
    """Higgins et al. 2017, appendix A.1: Gaussian, 32 latents, Adam, 1e-4."""
    settings = Settings.from_preset("higgins2017_celeba")
    assert (settings.data, settings.network) == ("tfds:celeb_a", "higgins2017_conv")
    assert (settings.likelihood, settings.latent_dim) == ("gaussian", 32)
    assert (settings.optimizer, settings.learning_rate) == ("adam", 1e-4)
    assert settings.beta == 250
    own = Settings.from_preset("higgins2017_celeba", data="images:faces", beta=10.0)
    assert (own.data, own.beta) == ("images:faces", 10.0)
    assert (own.likelihood, own.latent_dim) == ("gaussian", 32)


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_typed_wins_over_a_preset(preset):
    settings = Settings.from_preset(preset, objective="beta_vae", steps=7, beta=0.5)
    assert (settings.steps, settings.beta, settings.preset) == (7, 0.5, preset)


def test_settings_survive_json():
    settings = Settings.from_preset("higgins2017", seed=3)
    assert Settings(**json.loads(json.dumps(settings.to_dict()))) == settings


def test_a_record_keeps_its_order():
    """That of every run.json since the objectives' options are in it."""
    record = """data network latent_dim objective beta beta_schedule beta_start
    beta_steps alpha gamma capacity capacity_steps estimator discriminator_learning_rate
    lambda_od lambda_d lambda_mmd bandwidth changed_factors likelihood gaussian_scale
    optimizer learning_rate batch_size steps seed precision metric_every
    checkpoint_every keep_checkpoints pictures_every epochs validation
    validation_every early_stopping learning_rate_schedule learning_rate_end
    warm_up_steps init_from preset condition"""
    assert list(Settings().to_dict()) == record.split()


def test_numbers_of_numpy_become_plain_ones():
    settings = Settings(steps=np.int64(7), beta=np.float32(2), seed=np.int32(1))
    assert json.loads(json.dumps(settings.to_dict())) == settings.to_dict()
    assert settings == Settings(steps=7, beta=2.0, seed=1)


def test_settings_are_fixed_and_know_no_other_names():
    with pytest.raises(dataclasses.FrozenInstanceError, match="beta"):
        Settings().beta = 3.0
    with pytest.raises(TypeError, match="unexpected keyword argument 'betta'"):
        Settings(betta=3.0)


def test_a_record_of_before_pictures_and_kept_checkpoints_is_read():
    record = Settings().to_dict()
    del record["keep_checkpoints"], record["pictures_every"]
    assert Settings(**record) == Settings()


@pytest.mark.parametrize(
    ("typed", "received"),
    [
        ({"beta": -1.0}, "beta=-1.0"),
        ({"beta": float("nan")}, "beta=nan"),
        ({"learning_rate": 0.0}, "learning_rate=0.0"),
        ({"gaussian_scale": 0.0}, "gaussian_scale=0.0"),
        (
            {"gaussian_scale": "learnt", "likelihood": "gaussian"},
            "gaussian_scale='learnt'",
        ),
        ({"gaussian_scale": "learned"}, "it with likelihood='bernoulli'"),
        ({"gaussian_scale": None}, "gaussian_scale=None"),
        ({"steps": 0}, "steps=0"),
        ({"steps": True}, "steps=True"),
        ({"learning_rate": "fast"}, "learning_rate='fast'"),
        ({"batch_size": -1}, "batch_size=-1"),
        ({"checkpoint_every": 0}, "checkpoint_every=0"),
        ({"metric_every": -1}, "metric_every=-1"),
        ({"keep_checkpoints": -1}, "keep_checkpoints=-1"),
        ({"pictures_every": -1}, "pictures_every=-1"),
        ({"seed": -1}, "seed=-1"),
        ({"epochs": 0}, "epochs=0"),
        ({"epochs": 2.0}, "epochs=2.0"),
        ({"validation": 1.0}, "validation=1.0"),
        ({"validation": -0.1}, "validation=-0.1"),
        ({"validation": True}, "validation=True"),
        ({"validation": "10%"}, "validation='10%'"),
        ({"validation": float("nan")}, "validation=nan"),
        ({"validation_every": 10}, "validation_every=10 with validation=0"),
        ({"validation_every": -1, "validation": 0.1}, "validation_every=-1"),
        ({"early_stopping": -1}, "early_stopping=-1"),
        ({"early_stopping": 3, "objective": "annealed_vae"}, "early_stopping=3"),
        ({"learning_rate_schedule": "cosin"}, "'cosin'. Did you mean 'cosine'?"),
        ({"learning_rate_end": 1e-5}, "learning_rate_end=1e-05 with"),
        (
            {"learning_rate_end": -1.0, "learning_rate_schedule": "cosine"},
            "learning_rate_end=-1.0",
        ),
        (
            {"learning_rate_end": 0.0, "learning_rate_schedule": "exponential"},
            "learning_rate_end=0.0",
        ),
        ({"warm_up_steps": 3000}, "warm_up_steps=3000 for 3,000 steps"),
        ({"warm_up_steps": -1}, "warm_up_steps=-1"),
        ({"init_from": ""}, "init_from=''"),
        ({"init_from": 3}, "init_from=3"),
        ({"latent_dim": 0}, "latent_dim=0"),
        ({"optimizer": "adamm"}, "'adamm'. Did you mean 'adam'?"),
        ({"precision": "float64"}, "'float64'"),
        ({"network": "burgess2019"}, "'burgess2019'. Did you mean 'burgess2018'?"),
        ({"network": ["conv"]}, "['conv']"),
        ({"likelihood": "poisson"}, "'poisson'"),
        ({"likelihood": None}, "None"),
        ({"objective": {}}, "{}"),
        ({"preset": "mine"}, "'mine'"),
        ({"data": ""}, "data=''"),
        ({"data": 3}, "data=3"),
        ({"data": "a\x1b[2J"}, "data='a\\x1b[2J'"),
        ({"seed": 2**32}, "seed=4294967296"),
        ({"latent_dim": 10**20}, f"latent_dim={10**20}"),
        ({"batch_size": 2**31}, "batch_size=2147483648"),
        ({"steps": 10**400}, "steps=1000"),
        ({"checkpoint_every": 10**400}, "checkpoint_every=1000"),
        ({"learning_rate": float("inf")}, "learning_rate=inf"),
        ({"learning_rate": 10**400}, "learning_rate=1000"),
        ({"gaussian_scale": 1e300}, "gaussian_scale=1e+300"),
        ({"beta": 1e300}, "beta=1e+300"),
        ({"beta": 10**400}, "beta=1000"),
        ({"beta": "4"}, "beta='4'"),
        ({"objective": "info_vae", "alpha": -1e300}, "alpha=-1e+300"),
        ({"objective": "info_vae", "bandwidth": 1e300}, "bandwidth=1e+300"),
        ({"beta_schedule": "linear", "beta_steps": 10**400}, "beta_steps=1000"),
    ],
)
def test_bad_values_are_named(typed, received):
    with pytest.raises(ValueError, match=re.escape(f"received {received}")):
        Settings(**typed)


def test_a_record_holds_numbers_that_json_has():
    settings = Settings(learning_rate=Fraction(1, 8), beta=Fraction(1, 2))
    assert json.loads(json.dumps(settings.to_dict())) == settings.to_dict()
    assert (settings.learning_rate, settings.beta) == (0.125, 0.5)


def test_unknown_presets_are_named():
    with pytest.raises(ValueError, match="Did you mean 'higgins2017'"):
        Settings.from_preset("higgins2018")


def test_what_are_no_images_has_defaults_of_its_own():
    wine = load("wine")
    usual = Settings.for_data(wine, data="wine")
    assert (usual.network, usual.likelihood) == ("mlp", "gaussian")
    assert (usual.gaussian_scale, usual.beta) == ("learned", 1.0)
    typed = Settings.for_data(wine, data="wine", beta=3.0, gaussian_scale=0.5)
    assert (typed.beta, typed.gaussian_scale) == (3.0, 0.5)
    bernoulli = Settings.for_data(wine, data="wine", likelihood="bernoulli")
    assert bernoulli.gaussian_scale == 1.0
    assert Settings.for_data(wine, objective="factor_vae").beta is None
    digits = load("digits")
    assert Settings.for_data(digits, data="digits") == Settings(data="digits")
    with pytest.raises(ValueError, match=r"is of a paper on images; .*--network mlp"):
        Settings.for_data(wine, "locatello2019")
    assert Settings.for_data(wine, "locatello2019", network="mlp").beta == 4.0
