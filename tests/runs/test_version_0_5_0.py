"""Checkpoints and run folders of version 0.5.0 open, go on and report."""

import json
import shutil
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_bvae import datasets, networks
from keras_bvae.models.checkpoint import load_checkpoint
from keras_bvae.networks.convolutional import (
    convolutional_decoder,
    convolutional_encoder,
)
from keras_bvae.report import write_report
from keras_bvae.runs import RunFolder, open_run, read_history, resume_run

KEPT = Path(__file__).parents[1] / "fixtures" / "version_0_5_0"
EXPECTED = json.loads((KEPT / "expected.json").read_text("utf-8"))


@pytest.fixture
def run(tmp_path):
    """A copy of the run, to go on with."""
    return Path(shutil.copytree(KEPT / "run", tmp_path / "run"))


@pytest.fixture(scope="module")
def digits():
    return datasets.load("digits+size=8")


def test_a_checkpoint_encodes_as_it_did(digits):
    model = load_checkpoint(KEPT / "run" / "ckpt.keras")
    mean, log_variance = model.encode(digits.images_at(range(6)))
    np.testing.assert_allclose(mean, EXPECTED["mean"], atol=1e-5)
    np.testing.assert_allclose(log_variance, EXPECTED["log_variance"], atol=1e-5)
    assert int(model.step) == 200
    assert float(model.beta) == pytest.approx(1.0)


def test_two_players_and_their_schedule_train_on(digits):
    model = keras.saving.load_model(KEPT / "factor_vae.keras")
    mean, _ = model.encode(digits.images_at(range(2)))
    np.testing.assert_allclose(mean, EXPECTED["mean_of_factor_vae"], atol=1e-5)
    assert int(model.step) == 20
    model.fit(digits.batches(32, seed=0), epochs=1, steps_per_epoch=10, verbose=0)
    # By hand: 5 (1 - cos(29 π / 50)), γ at the last of thirty steps
    assert float(model.gamma) == pytest.approx(6.243449, rel=1e-5)


def small_networks(network, image_shape, latent_dim=None):
    """The networks of the fixture: `conv` with fewer filters and units."""
    return (
        convolutional_encoder(image_shape, latent_dim, (4,), (4,), (16,)),
        convolutional_decoder(image_shape, latent_dim, (4,), ()),
    )


def test_a_run_goes_on_where_it_was(run, digits, monkeypatch):
    monkeypatch.setattr(networks, "build", small_networks)
    before = read_history(run / "history.csv")
    with warnings.catch_warnings():
        if keras.backend.backend() != "tensorflow":
            warnings.filterwarnings(
                "ignore", "This run trained on 'tensorflow' to step"
            )
        warnings.simplefilter("error", UserWarning, append=True)
        model = resume_run(run, digits, 300)
    assert int(model.step) == 300
    after = read_history(run / "history.csv")
    assert list(after.steps) == [100, 200, 300]
    for name, values in before.columns.items():
        np.testing.assert_array_equal(after.columns[name][:2], values)
    record = RunFolder(run).read()
    assert record["status"] == "finished"
    assert record["settings"]["steps"] == 300
    if keras.backend.backend() == "tensorflow":  # whose noise the run began with
        expected = EXPECTED["last_row_of_300_steps_on_tensorflow"]
        for name in ("loss", "reconstruction", "kl", "kl_0", "kl_1", "kl_2", "beta"):
            assert after.columns[name][-1] == pytest.approx(expected[name], rel=1e-4)


def test_its_scores_do_not_count_for_nobody_knows_of_which_weights_they_are(
    run, digits
):
    opened = open_run(run)
    assert opened.dataset.name == digits.name
    assert opened.settings.beta_schedule == "linear"
    assert opened.evaluation is opened.results is None
    assert opened.has_unproven_scores
    kept = open_run(run / "checkpoints" / "step-000100.keras")
    assert (int(kept.model.step), kept.kept_by) == (100, "run")


@pytest.mark.across_backends
def test_a_report_tells_all_of_it(run):
    text = write_report(run, measure=False).read_text("utf-8")
    for part in ("digits+size=8", "200 steps", "0.5.0", "before 0.6 recorded are left"):
        assert part in text
