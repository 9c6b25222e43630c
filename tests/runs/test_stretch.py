import os

import keras
import pytest
from numbered_run import Squares, use_small_model
from run_content import content, differences
from small_model import small_model

from keras_bvae import errors
from keras_bvae.models.checkpoint import load_checkpoint, read_state, save_checkpoint
from keras_bvae.runs import RunFolder, Settings, resume_run, start_run
from keras_bvae.runs.best_checkpoint import BestCheckpoint
from keras_bvae.runs.run_callbacks import HistoryFile
from keras_bvae.runs.stretch import least_of

WATCHED = {
    "batch_size": 8,
    "steps": 50,
    "checkpoint_every": 20,
    "validation": 0.25,
    "validation_every": 6,
}


class Killed(BaseException):
    """What nobody catches: as if the process were gone."""


class KillAt(keras.callbacks.Callback):
    """Ends all after a step, before its checkpoint."""

    def __init__(self, step):
        super().__init__()
        self.count, self.step = 0, step

    def on_train_batch_end(self, batch, logs=None):
        self.count += 1
        if self.count == self.step:
            raise Killed


def killed_in(monkeypatch, owner, name, call, before):
    """Has one call of a method kill the process, before or after its work."""
    whole, calls = getattr(owner, name), []

    def method(self, *arguments):
        calls.append(name)
        is_due = len(calls) == call
        if is_due and before:
            raise Killed
        result = whole(self, *arguments)
        if is_due:
            raise Killed
        return result

    monkeypatch.setattr(owner, name, method)


def use_still_model(monkeypatch):
    """A model that learns nothing: each round has the loss of the first."""

    def build(settings, dataset):
        return small_model(optimizer=keras.optimizers.SGD(0.0), seed=settings.seed)

    monkeypatch.setattr("keras_bvae.runs.run.build_model", build)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """What an unbroken run leaves, by its settings."""
    found = {}

    def of(settings):
        key = str(settings)
        if key not in found:
            folder = tmp_path_factory.mktemp("unbroken") / "run"
            with pytest.MonkeyPatch.context() as patch:
                use_small_model(patch)
                start_run(Settings(**settings), Squares(), folder)
            found[key] = content(folder)
        return found[key]

    return of


# Each checkpoint (of steps 0, 20, 40, 50) settles the best; rounds are every 6 steps.
KILLS = {
    "staged, not yet in a checkpoint": (BestCheckpoint, "stage", 4, False),
    "between ckpt.keras and best.keras": (BestCheckpoint, "settle", 3, True),
    "after best.keras": (BestCheckpoint, "settle", 3, False),
    "between the last ckpt.keras and its best.keras": (
        *(BestCheckpoint, "settle", 5, True),
    ),
    "before the last row": (HistoryFile, "on_epoch_end", 1, True),
}


@pytest.mark.parametrize("kill", KILLS.values(), ids=KILLS)
def test_a_kill_between_two_files_costs_nothing(tmp_path, monkeypatch, unbroken, kill):
    run = tmp_path / "run"
    use_small_model(monkeypatch)
    with monkeypatch.context() as patch:
        killed_in(patch, *kill)
        with pytest.raises(Killed):
            start_run(Settings(**WATCHED), Squares(), run)
    resume_run(run, Squares())
    assert differences(unbroken(WATCHED), content(run)) == []
    assert not [name for name in os.listdir(run) if name.startswith(".best")]


@pytest.mark.across_backends
def test_what_was_best_of_a_future_that_is_gone_is_not_kept(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    run = RunFolder(tmp_path / "run")
    with pytest.raises(Killed):
        start_run(Settings(**WATCHED), Squares(), run.path, [KillAt(37)])
    # The checkpoint of step 20 knows the round of step 18, and a later one waits.
    assert least_of(run)["step"] == 18
    assert int(load_checkpoint(run.best.path).step) == 18
    assert run.best.staged_steps() in ([24], [30], [36])
    # Where all that follows is another run, as on another backend.
    use_still_model(monkeypatch)
    resumed = load_checkpoint(run.checkpoint)
    resumed.compile(keras.optimizers.SGD(0.0))
    save_checkpoint(resumed, run.checkpoint, read_state(run.checkpoint))
    resume_run(run.path, Squares())
    assert run.best.staged_steps() == []
    best = load_checkpoint(run.best.path)
    # Nothing is learnt after step 20.
    assert int(best.step) == run.read()["best"]["step"] in (18, 24)


@pytest.mark.parametrize("validation", [0.25, 0.0])
def test_a_run_stops_early_and_is_measured_and_goes_on_only_when_asked(
    tmp_path, monkeypatch, validation
):
    use_still_model(monkeypatch)
    watched = {**WATCHED, "steps": 900, "validation": validation, "early_stopping": 2}
    if not validation:
        watched |= {"validation_every": 0, "early_stopping": 1}
    start_run(Settings(**watched), Squares(), tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    record = folder.read()
    if validation:
        # The first round is the best; two more have the same loss, by the same noise.
        assert record["stopped_early"] == {"step": 18, "rounds": 2, "loss": "val_loss"}
        assert record["best"]["step"] == 6
        (row,) = folder.read_history(900)
        assert float(row["val_loss"]) == record["best"]["val_loss"]
    else:
        # Of the training the noise differs from period to period.
        assert record["stopped_early"]["loss"] == "loss"
        assert record["stopped_early"]["step"] % 100 == 0
        assert "best" not in record
    step = record["step"]
    assert record["status"] == "finished"
    assert step == record["stopped_early"]["step"] < 900
    # Killed while it was measured: it is measured, and not trained on.
    resume_run(tmp_path / "run", Squares())
    assert {**folder.read(), "resumed": 0, "seconds": 0} == {
        **record,
        "resumed": 0,
        "seconds": 0,
    }
    folder.write({**folder.read(), "results": {}})
    with pytest.raises(errors.InvalidValue, match="where early stopping ended it"):
        resume_run(tmp_path / "run", Squares())
    resume_run(tmp_path / "run", Squares(), steps=step + 12)
    again = folder.read()
    assert again["step"] == step + 12
    assert ("stopped_early" in again) == bool(validation)  # its patience is new


def test_an_early_stop_is_the_same_after_a_kill(tmp_path, monkeypatch):
    """That of a run that was killed as it had just stopped."""
    watched = {**WATCHED, "steps": 900, "early_stopping": 2}
    use_still_model(monkeypatch)
    start_run(Settings(**watched), Squares(), tmp_path / "whole")
    expected = content(tmp_path / "whole")
    with pytest.raises(Killed):
        start_run(Settings(**watched), Squares(), tmp_path / "run", [KillAt(18)])
    resume_run(tmp_path / "run", Squares())
    assert differences(expected, content(tmp_path / "run")) == []


def test_a_lengthened_run_is_the_longer_one(tmp_path, monkeypatch, unbroken):
    use_small_model(monkeypatch)
    short = {**WATCHED, "steps": 30}
    start_run(Settings(**short), Squares(), tmp_path / "run")
    resume_run(tmp_path / "run", Squares(), steps=50)
    assert differences(unbroken(WATCHED), content(tmp_path / "run")) == []
