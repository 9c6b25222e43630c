import json
import os
import signal
import warnings

import keras
import numpy as np
import pytest
from numbered_run import Squares, use_small_model
from small_model import small_model, small_networks

import keras_bvae as kb
from keras_bvae import datasets, errors
from keras_bvae.models.checkpoint import (
    load_checkpoint,
    read_state,
    save_checkpoint,
)
from keras_bvae.runs import run as runs
from keras_bvae.runs.run_folder import RunFolder
from keras_bvae.runs.settings import Settings


def settings(**typed):
    return Settings(**{"batch_size": 8, "steps": 30, "checkpoint_every": 10, **typed})


class At(keras.callbacks.Callback):
    """Does something after one step of the run."""

    def __init__(self, step, action):
        super().__init__()
        self.count, self.step, self.action = 0, step, action

    def on_train_batch_end(self, batch, logs=None):
        self.count += 1
        if self.count == self.step:
            self.action(self.model)


def raise_signal(number):
    return lambda model: os.kill(os.getpid(), number)


def spoil_weights(model):
    model.encoder.layers[-1].kernel.assign(np.full((16, 3), np.nan))


def test_a_run_leaves_checkpoint_history_and_record(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    model = runs.start_run(settings(steps=130), Squares(), tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    record = folder.read()
    assert (record["status"], record["step"]) == ("finished", 130)
    assert record["backend"] == keras.backend.backend()
    assert record["versions"]["keras"] == keras.__version__
    assert record["seconds"] > 0
    assert Settings(**record["settings"]) == settings(steps=130)
    rows = folder.read_history(last_step=130)
    assert [row["step"] for row in rows] == ["100", "130"]
    assert float(rows[1]["loss"]) < float(rows[0]["loss"])
    assert {"reconstruction", "kl", "kl_0", "kl_2", "seconds"} <= set(rows[0])
    loaded = load_checkpoint(folder.checkpoint)
    images = Squares().images_at(np.arange(36))
    np.testing.assert_allclose(loaded.encode(images)[0], model.encode(images)[0])
    assert int(loaded.step) == 130


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_the_step_and_saves(tmp_path, monkeypatch, number):
    use_small_model(monkeypatch)
    before = signal.getsignal(number)
    with pytest.raises(errors.Interrupted) as caught:
        runs.start_run(
            settings(), Squares(), tmp_path / "run", [At(13, raise_signal(number))]
        )
    assert (caught.value.signal_number, caught.value.step) == (number, 13)
    folder = RunFolder(tmp_path / "run")
    assert int(load_checkpoint(folder.checkpoint).step) == 13
    assert folder.read()["status"] == "interrupted"
    assert signal.getsignal(number) is before


def test_a_resumed_run_ends_where_an_unbroken_one_does(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    whole = runs.start_run(settings(), Squares(), tmp_path / "whole")
    with pytest.raises(errors.Interrupted):
        runs.start_run(
            settings(),
            Squares(),
            tmp_path / "run",
            [At(13, raise_signal(signal.SIGINT))],
        )
    resumed = runs.resume_run(tmp_path / "run", Squares())
    for ours, theirs in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7)
    record = RunFolder(tmp_path / "run").read()
    assert record["resumed"][0]["step"] == 13
    assert (record["status"], record["step"]) == ("finished", 30)


@pytest.mark.across_backends
def test_a_run_that_goes_on_on_another_backend_says_that_exactness_ends(
    tmp_path, monkeypatch
):
    use_small_model(monkeypatch)
    runs.start_run(settings(steps=10), Squares(), tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    folder.write({**folder.read(), "backend": "theano"})
    with pytest.warns(UserWarning, match="on 'theano' to step 10 and goes on on"):
        runs.resume_run(tmp_path / "run", Squares(), 20)
    assert folder.read()["resumed"][0]["backend"] == keras.backend.backend()
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        runs.resume_run(tmp_path / "run", Squares(), 30)


@pytest.mark.across_backends
def test_a_run_that_was_killed_goes_on_from_its_last_checkpoint(tmp_path, monkeypatch):
    use_small_model(monkeypatch)

    def die(model):
        raise MemoryError("killed")

    with pytest.raises(MemoryError):
        runs.start_run(settings(), Squares(), tmp_path / "run", [At(27, die)])
    folder = RunFolder(tmp_path / "run")
    assert int(load_checkpoint(folder.checkpoint).step) == 20
    folder.history.write_bytes(b"step,seconds,loss\r\n100,1.5,0.")  # torn
    runs.resume_run(tmp_path / "run", Squares(), steps=40)
    assert int(load_checkpoint(folder.checkpoint).step) == 40
    assert [row["step"] for row in folder.read_history(40)] == ["40"]


@pytest.mark.across_backends
def test_a_run_that_was_killed_before_its_first_checkpoint_begins_anew(
    tmp_path, monkeypatch
):
    use_small_model(monkeypatch)
    whole = runs.start_run(settings(), Squares(), tmp_path / "whole")

    class Fatal(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            raise MemoryError("killed")

    with pytest.raises(MemoryError):
        runs.start_run(settings(), Squares(), tmp_path / "run", [Fatal()])
    assert not (tmp_path / "run" / "ckpt.keras").exists()
    resumed = runs.resume_run(tmp_path / "run", Squares())
    for ours, theirs in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7)


def test_a_loss_that_is_nan_stops_the_run_and_keeps_the_last_good_checkpoint(
    tmp_path, monkeypatch
):
    use_small_model(monkeypatch)
    with pytest.raises(errors.Diverged, match="became NaN or infinite by step 15"):
        runs.start_run(settings(), Squares(), tmp_path / "run", [At(14, spoil_weights)])
    folder = RunFolder(tmp_path / "run")
    loaded = load_checkpoint(folder.checkpoint)
    assert int(loaded.step) == 10
    assert all(np.isfinite(weight).all() for weight in loaded.get_weights())
    assert (folder.read()["status"], folder.read()["step"]) == ("diverged", 10)


@pytest.mark.across_backends
def test_weights_that_are_nan_are_not_saved_before_the_loss_shows_it(
    tmp_path, monkeypatch
):
    use_small_model(monkeypatch)
    # The run ends, and is saved, right after the weights went bad.
    runs.start_run(settings(), Squares(), tmp_path / "run", [At(30, spoil_weights)])
    loaded = load_checkpoint(tmp_path / "run" / "ckpt.keras")
    assert all(np.isfinite(weight).all() for weight in loaded.get_weights())


@pytest.mark.across_backends
def test_scores_during_training_are_in_the_history(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    runs.start_run(settings(metric_every=20), Squares(), tmp_path / "run")
    (row,) = RunFolder(tmp_path / "run").read_history(30)
    assert 0.4 <= float(row["beta_vae_score"]) <= 1.0


def test_checkpoints_are_kept_beside_the_last(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    model = runs.start_run(settings(keep_checkpoints=12), Squares(), tmp_path / "run")
    kept = RunFolder(tmp_path / "run").kept
    assert kept.steps() == [0, 12, 24]
    weights = [load_checkpoint(kept.path_of(step)) for step in kept.steps()]
    assert [int(loaded.step) for loaded in weights] == [0, 12, 24]
    plain = runs.start_run(settings(), Squares(), tmp_path / "plain")
    for ours, theirs in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not (tmp_path / "plain" / "checkpoints").exists()


def test_a_run_that_was_killed_keeps_what_an_unbroken_one_does(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    wanted = settings(keep_checkpoints=4, pictures_every=12)

    def die(model):
        raise MemoryError("killed")

    runs.start_run(wanted, Squares(), tmp_path / "whole")
    with pytest.raises(MemoryError):
        # After step 16 was kept, and before step 20 was saved.
        runs.start_run(wanted, Squares(), tmp_path / "run", [At(17, die)])
    assert RunFolder(tmp_path / "run").kept.steps() == [0, 4, 8, 12, 16]
    runs.resume_run(tmp_path / "run", Squares())
    whole, run = (RunFolder(tmp_path / name) for name in ("whole", "run"))
    assert run.kept.steps() == whole.kept.steps() == [0, 4, 8, 12, 16, 20, 24, 28]
    for step in run.kept.steps():
        ours, theirs = (load_checkpoint(r.kept.path_of(step)) for r in (run, whole))
        for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)
    names = sorted(path.name for path in whole.pictures.iterdir())
    assert names == [
        "reconstructions-000012.png",
        "reconstructions-000024.png",
        "traversal-000012.png",
        "traversal-000024.png",
    ]
    for name in names:
        ours, theirs = ((r.pictures / name).read_bytes() for r in (run, whole))
        assert ours == theirs


@pytest.mark.across_backends
def test_a_run_that_goes_on_earlier_drops_what_was_kept_later(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    runs.start_run(settings(keep_checkpoints=10), Squares(), tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    (folder.kept.folder / "step-000010.keras").replace(folder.checkpoint)
    folder.write({**folder.read(), "status": "running"})
    runs.resume_run(tmp_path / "run", Squares(), steps=15)
    assert folder.kept.steps() == [0]


@pytest.mark.across_backends
def test_pictures_while_training_reach_tensorboard(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    board = keras.callbacks.TensorBoard(str(tmp_path / "logs"))
    runs.start_run(
        settings(pictures_every=20, steps=20), Squares(), tmp_path / "run", [board]
    )
    (events,) = (tmp_path / "logs" / "pictures").iterdir()
    drawn = (tmp_path / "run" / "pictures" / "traversal-000020.png").read_bytes()
    assert drawn in events.read_bytes()


class Damaged(Squares):
    """Its images show to be bad when they are read."""

    def prepare(self, progress=None):
        raise errors.InvalidValue("the third picture is damaged")


@pytest.mark.across_backends
def test_damaged_images_write_nothing(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    with pytest.raises(errors.InvalidValue, match="the third picture"):
        runs.start_run(settings(), Damaged(), tmp_path / "run")
    assert not (tmp_path / "run").exists()
    runs.start_run(settings(), Squares(), tmp_path / "run")
    before = content(tmp_path / "run")
    with pytest.raises(errors.InvalidValue, match="the third picture"):
        runs.resume_run(tmp_path / "run", Damaged(), 40)
    assert content(tmp_path / "run") == before


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("error", "status"), [(ValueError, "failed"), (KeyboardInterrupt, "interrupted")]
)
def test_what_fails_on_the_way_is_recorded_and_can_be_resumed(
    tmp_path, monkeypatch, error, status
):
    use_small_model(monkeypatch)

    def fail(model):
        raise error("image 7 is \x1b[2J damaged")

    with pytest.raises(error):
        runs.start_run(settings(), Squares(), tmp_path / "run", [At(23, fail)])
    record = RunFolder(tmp_path / "run").read()
    assert (record["status"], record["step"]) == (status, 20)
    if status == "failed":
        assert record["reason"] == r"image 7 is \x1b[2J damaged"
    runs.resume_run(tmp_path / "run", Squares())
    record = RunFolder(tmp_path / "run").read()
    assert (record["status"], record["step"]) == ("finished", 30)
    assert "reason" not in record


@pytest.mark.across_backends
def test_a_batch_larger_than_the_data_writes_nothing(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    with pytest.raises(ValueError, match="batch_size=37"):
        runs.start_run(settings(batch_size=37), Squares(), tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.across_backends
def test_images_that_the_network_cannot_take_write_nothing(tmp_path):
    with pytest.raises(ValueError, match="multiples of 16"):
        runs.start_run(settings(network="locatello2019"), Squares(), tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.across_backends
def test_a_folder_that_holds_a_run_is_left_alone(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    runs.start_run(settings(), Squares(), tmp_path / "run")
    before = (tmp_path / "run" / "ckpt.keras").read_bytes()
    with pytest.raises(FileExistsError, match="--resume"):
        runs.start_run(settings(), Squares(), tmp_path / "run")
    assert (tmp_path / "run" / "ckpt.keras").read_bytes() == before


@pytest.mark.across_backends
def test_a_folder_that_cannot_be_made_is_named(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="Name another"):
        runs.start_run(settings(), Squares(), tmp_path / "file" / "run")


@pytest.mark.across_backends
def test_resuming_a_finished_run_says_how_to_train_on(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    runs.start_run(settings(), Squares(), tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    folder.write({**folder.read(), "results": {}})
    with pytest.raises(ValueError, match="at step 30 of 30 already"):
        runs.resume_run(tmp_path / "run", Squares())


@pytest.mark.across_backends
def test_a_run_killed_before_its_results_only_needs_those(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    whole = runs.start_run(settings(), Squares(), tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    folder.write({**folder.read(), "status": "running", "step": 20})
    model = runs.resume_run(tmp_path / "run", Squares())
    for ours, theirs in zip(model.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert (folder.read()["status"], folder.read()["step"]) == ("finished", 30)


@pytest.mark.across_backends
def test_resuming_without_a_run_names_the_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"must hold run\.json"):
        runs.resume_run(tmp_path, Squares())


@pytest.mark.across_backends
def test_a_damaged_record_is_named(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps({"settings": {"beta": -1}}))
    with pytest.raises(ValueError, match="is not"):
        runs.resume_run(tmp_path, Squares())


@pytest.mark.across_backends
def test_resuming_on_images_of_another_size_is_refused(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    runs.start_run(settings(), Squares(), tmp_path / "run")
    digits = datasets.load("digits", image_size=16)
    with pytest.raises(errors.InvalidValue, match="images of one shape"):
        runs.resume_run(tmp_path / "run", digits, steps=40)


# ---- is the checkpoint the run's? ---------------------------------------------------


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("model", "said"),
    [
        (lambda: kb.FactorVAE(*small_networks()), "objective FactorVAE.* BetaVAE"),
        (lambda: kb.BetaVAE(*small_networks(latent_dim=5)), "5 latents.* 3 latents"),
        (lambda: small_model(likelihood="gaussian"), "likelihood gaussian.*bernoulli"),
        (lambda: small_model(optimizer="sgd"), "optimizer SGD.* optimizer Adam"),
        (lambda: kb.BetaVAE(*wider_networks()), "another network.*make burgess2018"),
    ],
    ids=["objective", "latents", "likelihood", "optimizer", "network"],
)
def test_a_checkpoint_of_another_model_is_not_gone_on_with(
    tmp_path, monkeypatch, model, said
):
    use_small_model(monkeypatch)
    runs.start_run(settings(steps=10), Squares(), tmp_path / "run")
    other = model()
    if not other.compiled:
        other.compile("adam")
    other.fit(Squares().batches(8, seed=0), steps_per_epoch=1, verbose=0)
    save_checkpoint(other, tmp_path / "run" / "ckpt.keras")
    before = content(tmp_path / "run")
    with pytest.raises(errors.InvalidValue, match=said):
        runs.resume_run(tmp_path / "run", Squares(), 20)
    assert content(tmp_path / "run") == before


def wider_networks():
    encoder, _ = small_networks()
    codes = keras.Input((3,))
    decoded = keras.layers.Dense(17, "relu")(codes)
    decoded = keras.layers.Reshape((8, 8, 1))(keras.layers.Dense(64)(decoded))
    return encoder, keras.Model(codes, decoded)


@pytest.mark.across_backends
def test_a_strength_that_is_not_the_records_is_told_of(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    runs.start_run(settings(steps=10), Squares(), tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    record = folder.read()
    folder.write({**record, "settings": {**record["settings"], "beta": 9.0}})
    with pytest.warns(UserWarning, match="has beta = 4, and run.json says 9"):
        runs.resume_run(tmp_path / "run", Squares(), 20)


@pytest.mark.across_backends
def test_a_run_that_goes_on_with_fewer_images_says_so(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    runs.start_run(settings(steps=10), Squares(), tmp_path / "run")
    assert RunFolder(tmp_path / "run").read()["images"] == 36
    fewer, _ = Squares().split(0.25)
    with pytest.warns(UserWarning, match="trained on 36 images of .* has 27 now"):
        runs.resume_run(tmp_path / "run", fewer, 20)


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"step": 7}, "it is of step 7, and the weights are of step 10"),
        ({"step": "10"}, "`step` must be a whole number >= 0; it is '10'"),
        ({"position": -1}, "`position` must be a whole number"),
        ({"epoch": 10**400}, "`epoch` must be a whole number"),
        ({"done_in_epoch": None}, "`done_in_epoch` must be a whole number"),
        ({"done_in_epoch": 99}, "more is done in the epoch than in all"),
        ({"callbacks": []}, "`callbacks` must be an object"),
    ],
    ids=str,
)
def test_a_state_that_is_not_of_its_weights_is_not_gone_on_with(
    tmp_path, monkeypatch, changes, said
):
    use_small_model(monkeypatch)
    runs.start_run(settings(steps=10), Squares(), tmp_path / "run")
    path = tmp_path / "run" / "ckpt.keras"
    save_checkpoint(load_checkpoint(path), path, {**read_state(path), **changes})
    before = content(tmp_path / "run")
    with pytest.raises(errors.InvalidValue, match=said):
        runs.resume_run(tmp_path / "run", Squares(), 20)
    assert content(tmp_path / "run") == before


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_settings_become_a_model_of_the_papers_network(precision):
    model = runs.build_model(
        settings(network="higgins2017", precision=precision, learning_rate=0.25),
        Squares(),
    )
    assert float(model.optimizer.learning_rate) == 0.25
    assert model.encoder.layers[2].compute_dtype == precision
    assert model.encoder.count_params() == 65 * 1200 + 1201 * 1200 + 1201 * 20


def test_one_seed_gives_one_model():
    weights = [
        runs.build_model(settings(network="higgins2017", seed=seed), Squares())
        .encoder.layers[2]
        .get_weights()[0]
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_the_scale_of_a_gaussian_reaches_the_model():
    told = settings(
        network="higgins2017", likelihood="gaussian", gaussian_scale=0.1, batch_size=8
    )
    assert runs.build_model(told, Squares()).gaussian_scale == 0.1


def test_categories_of_a_data_set_reach_the_model(monkeypatch):
    monkeypatch.setattr(Squares, "categories", (2,), raising=False)
    with pytest.raises(ValueError, match=r"received categories=\(2,\) for images"):
        runs.build_model(settings(network="higgins2017"), Squares())


def test_the_discriminator_has_the_papers_momentum():
    """Kim & Mnih 2018, appendix A: Adam with 0.5 and 0.9."""
    asked = settings(network="higgins2017", latent_dim=2, objective="factor_vae")
    optimizer = runs.build_model(asked, Squares()).optimizer["discriminator"]
    assert (optimizer.beta_1, optimizer.beta_2) == (0.5, 0.9)
    assert float(optimizer.learning_rate) == pytest.approx(asked.learning_rate)
