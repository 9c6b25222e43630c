import keras
import numpy as np
import pytest
from numbered_run import Squares, use_small_model
from small_model import small_model, small_model_of, small_networks

import keras_bvae as kb
from keras_bvae.errors import InvalidValue
from keras_bvae.evaluation.model_state import model_state
from keras_bvae.models.checkpoint import load_checkpoint, save_checkpoint
from keras_bvae.runs import RunFolder, Settings, resume_run, start_run
from keras_bvae.runs.initial_weights import begin_with

QUICK = {"batch_size": 8, "steps": 12, "checkpoint_every": 10}


@pytest.fixture
def trained(tmp_path):
    """A checkpoint of 3 steps, β = 4."""
    model = small_model(seed=5)
    model.fit(Squares().batches(8), steps_per_epoch=3, verbose=0)
    save_checkpoint(model, tmp_path / "old.keras")
    return model, tmp_path / "old.keras"


def weights(model):
    return [*model.encoder.get_weights(), *model.decoder.get_weights()]


def test_the_networks_begin_where_another_run_ended(tmp_path, trained):
    origin, path = trained
    model = small_model_of(kb.FactorVAE, gamma=2.0)
    before = model.discriminator.get_weights()
    found = begin_with(model, str(path))
    for ours, theirs in zip(weights(model), weights(origin), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for ours, old in zip(model.discriminator.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, old)
    assert int(model.step) == 0
    assert int(model.optimizer.iterations) == 0
    assert found == {"init_from": {"path": str(path), **model_state(origin)}}
    assert found["init_from"]["step"] == 3


def test_a_run_is_fine_tuned_with_another_strength(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    start_run(Settings(**QUICK), Squares(), tmp_path / "first")
    typed = {**QUICK, "beta": 9.0, "init_from": str(tmp_path / "first")}
    seen = {}

    class Begin(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            seen["weights"] = weights(self.model)
            seen["beta"] = float(self.model.beta)

    start_run(Settings(**typed), Squares(), tmp_path / "second", [Begin()])
    origin = load_checkpoint(tmp_path / "first" / "ckpt.keras")
    for ours, theirs in zip(seen["weights"], weights(origin), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert seen["beta"] == 9.0
    record = RunFolder(tmp_path / "second").read()
    assert record["init_from"]["path"] == str(tmp_path / "first")
    assert record["init_from"]["step"] == 12


@pytest.mark.across_backends
def test_a_run_killed_before_its_first_checkpoint_begins_there_again(
    tmp_path, monkeypatch, trained
):
    _, path = trained
    use_small_model(monkeypatch)
    typed = Settings(**QUICK, init_from=str(path))
    whole = start_run(typed, Squares(), tmp_path / "whole")
    start_run(typed, Squares(), tmp_path / "run")
    (tmp_path / "run" / "ckpt.keras").unlink()
    resumed = resume_run(tmp_path / "run", Squares())
    for ours, theirs in zip(weights(resumed), weights(whole), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    (tmp_path / "run" / "ckpt.keras").unlink()
    save_checkpoint(small_model(seed=6), path)
    with pytest.raises(InvalidValue, match=r"those of .* are others now"):
        resume_run(tmp_path / "run", Squares())


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("networks", "said"),
    [
        (
            lambda: small_networks(latent_dim=5),
            "holds 3 latents, and the settings make 5",
        ),
        (lambda: small_networks((8, 8, 3)), r"\(8, 8, 1\), and the settings make"),
        (lambda: wider_networks(), "another network"),
    ],
    ids=["latents", "size", "network"],
)
def test_another_network_is_refused(trained, networks, said):
    _, path = trained
    model = kb.BetaVAE(*networks())
    with pytest.raises(InvalidValue, match=said):
        begin_with(model, str(path))


@pytest.mark.across_backends
def test_what_is_no_checkpoint_writes_nothing(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    typed = Settings(**QUICK, init_from=str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError):
        start_run(typed, Squares(), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def wider_networks():
    encoder, _ = small_networks()
    codes = keras.Input((3,))
    decoded = keras.layers.Dense(17, "relu")(codes)
    decoded = keras.layers.Reshape((8, 8, 1))(keras.layers.Dense(64)(decoded))
    return encoder, keras.Model(codes, decoded)
