import math
import os
import signal
import threading

import keras
import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_images, small_model

from keras_bvae.models.checkpoint import load_checkpoint
from keras_bvae.runs import RunFolder, Settings, run_callbacks
from keras_bvae.runs.run_callbacks import KeepCheckpoints, asked_callbacks
from keras_bvae.runs.run_folder import KeptCheckpoints


def fit(*callbacks, model=None, steps=12, epochs=3, initial_epoch=0):
    """`epochs` log periods of `steps` steps each, of a new model if none is given."""
    model = model or small_model()
    model.fit(
        small_images(4 * steps),
        batch_size=4,
        epochs=epochs,
        initial_epoch=initial_epoch,
        verbose=0,
        callbacks=callbacks,
    )
    return model


def test_stop_at_ends_in_the_middle_of_a_log_period():
    assert int(fit(run_callbacks.StopAt(17)).step) == 17


def test_stop_at_counts_from_the_beginning_of_the_run():
    assert int(fit(run_callbacks.StopAt(17), initial_epoch=1).step) == 17 - 12


def test_stop_at_cuts_the_last_dispatch_short():
    seen = []

    class Look(run_callbacks.StepCallback):
        def on_step(self, logs):
            seen.append(self.step)

    model = small_model()
    model.fit(
        Squares().batches(8, seed=0),
        steps_per_epoch=20,
        epochs=2,
        verbose=0,
        callbacks=[Look(), run_callbacks.StopAt(33)],
    )
    assert int(model.step) == 33
    # Ten a dispatch on a CPU, and on others the epoch.
    assert seen in ([10, 20, 30, 33], [20, 33])


def test_a_loss_that_is_not_finite_ends_the_fit():
    callback = run_callbacks.StopWhenNotFinite()
    callback.set_model(small_model())
    callback.set_params({"steps": 10})
    callback.on_epoch_begin(2)
    for batch, loss in enumerate((1.0, 2.0, math.inf, math.nan)):
        callback.on_train_batch_end(batch, {"loss": loss})
    assert callback.diverged_at == 23
    assert callback.model.stop_training


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_kept_until_the_step_ends(number):
    class Send(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch == 3:
                os.kill(os.getpid(), number)

    before = signal.getsignal(number)
    with run_callbacks.StopOnSignal() as stop:
        model = fit(Send(), stop, epochs=1)
    assert stop.received == number
    assert int(model.step) == 4
    assert signal.getsignal(number) is before


def test_signals_are_left_alone_outside_the_main_thread():
    def enter():
        with run_callbacks.StopOnSignal() as stop:
            entered.append(stop.previous)

    entered = []
    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert entered == [{}]


def test_history_has_a_row_for_each_log_period(tmp_path):
    old = [{"step": 6, "seconds": 3.0, "loss": 9.0}]
    folder = RunFolder(tmp_path)
    history = run_callbacks.HistoryFile(folder, 18, old, seconds=3.0)
    fit(history, steps=6, epochs=3, initial_epoch=1)
    rows = folder.read_history(last_step=18)
    assert [row["step"] for row in rows] == ["6", "12", "18"]
    assert float(rows[1]["seconds"]) >= 3.0
    assert rows[0]["kl_0"] == ""
    assert float(rows[1]["kl_0"]) >= 0.0


def steps_in(folder):
    return [int(row["step"]) for row in RunFolder(folder).read_history(10**6)]


def test_a_log_period_that_was_cut_short_has_no_row(tmp_path):
    history = run_callbacks.HistoryFile(RunFolder(tmp_path), 18)
    fit(history, run_callbacks.StopAt(10), steps=6, epochs=3)
    assert steps_in(tmp_path) == [6]


def test_what_diverged_has_no_row_and_no_number(tmp_path):
    history = run_callbacks.HistoryFile(RunFolder(tmp_path), 18)
    history.set_params({"steps": 6})
    for epoch, logs in enumerate(
        ({"loss": 2.0, "score": float("nan")}, {"loss": 1e999})
    ):
        history.on_epoch_begin(epoch)
        history.on_train_batch_end(5)
        history.on_epoch_end(epoch, logs)
    (row,) = RunFolder(tmp_path).read_history(18)
    assert (row["step"], row["loss"], row["score"]) == ("6", "2.0", "")


def test_the_last_log_period_of_a_run_may_be_shorter(tmp_path):
    history = run_callbacks.HistoryFile(RunFolder(tmp_path), 10)
    fit(history, run_callbacks.StopAt(10), steps=6, epochs=3)
    assert steps_in(tmp_path) == [6, 10]


def test_a_file_every_few_steps_and_one_of_the_beginning(tmp_path):
    kept = KeptCheckpoints(tmp_path / "checkpoints")
    assert kept.steps() == []
    model = small_model()
    before = model.get_weights()
    fit(KeepCheckpoints(kept, 5), model=model, steps=6, epochs=2)
    assert kept.steps() == [0, 5, 10]
    first = load_checkpoint(kept.path_of(0))
    for ours, theirs in zip(first.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert int(load_checkpoint(kept.path_of(10)).step) == 10
    assert KeepCheckpoints(kept, 5).every_steps == 5


@pytest.mark.across_backends
def test_a_run_that_goes_on_keeps_no_beginning(tmp_path):
    kept = KeptCheckpoints(tmp_path)
    for step in (0, 6, 12):
        kept.path_of(step).write_text("of before")
    fit(KeepCheckpoints(kept, 4, first_step=6), steps=6, epochs=1)
    assert kept.steps() == [0, 4, 6]  # 12 lay beyond
    assert kept.path_of(0).read_text() == "of before"


def test_keras_s_own_history_is_not_kept_beside_the_file():
    model = fit(run_callbacks.NoHistory())
    assert (model.history.history, model.history.epoch) == ({}, [])
    assert model.history.get_state() == {}


def test_nothing_is_asked_for_by_default(tmp_path):
    assert asked_callbacks(Settings(), Squares(), RunFolder(tmp_path)) == []


def test_each_setting_brings_its_callback(tmp_path):
    settings = Settings(metric_every=5, pictures_every=6, keep_checkpoints=7, seed=3)
    folder = RunFolder(tmp_path)
    metric, pictures, kept = asked_callbacks(settings, Squares(), folder, first_step=21)
    assert (metric.every_batches, metric.every_steps) == (5, 5)
    assert metric.most_results == 1  # a checkpoint's size does not grow with the run
    assert (pictures.every_batches, pictures.folder) == (6, tmp_path / "pictures")
    assert pictures.seed == 3
    assert (kept.every_steps, kept.first_step) == (7, 21)
    assert kept.kept.folder == tmp_path / "checkpoints"


def test_pictures_go_where_tensorboard_writes(tmp_path):
    settings = Settings(pictures_every=1)
    boards = [keras.callbacks.History(), keras.callbacks.TensorBoard(tmp_path / "logs")]
    (pictures,) = asked_callbacks(settings, Squares(), RunFolder(tmp_path), boards)
    assert pictures._board.folder == tmp_path / "logs" / "pictures"
