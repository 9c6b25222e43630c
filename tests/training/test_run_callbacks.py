import math
import os
import signal
import threading

import keras
import numpy as np
import pytest
from small_model import small_images, small_model

from keras_bvae.training import run_callbacks
from keras_bvae.training.checkpoint import load_checkpoint
from keras_bvae.training.run_folder import RunFolder


def fit(*callbacks, steps=12, epochs=3):
    """`epochs` log periods of `steps` steps each."""
    model = small_model()
    model.fit(
        small_images(4 * steps),
        batch_size=4,
        epochs=epochs,
        verbose=0,
        callbacks=callbacks,
    )
    return model


def test_stop_at_ends_in_the_middle_of_a_log_period():
    assert int(fit(run_callbacks.StopAt(17)).step) == 17


def test_stop_at_counts_from_the_first_step():
    assert int(fit(run_callbacks.StopAt(17, first_step=10)).step) == 7


def test_checkpoints_come_every_so_many_steps(tmp_path):
    path = tmp_path / "ckpt.keras"
    checkpoints = run_callbacks.CheckpointEvery(path, every=5)
    model = fit(checkpoints, steps=13, epochs=1)
    assert checkpoints.saved_step == 10
    assert int(load_checkpoint(path).step) == 10
    checkpoints.save(model)
    assert int(load_checkpoint(path).step) == 13


def test_weights_that_are_not_finite_are_not_saved(tmp_path):
    model = small_model()
    model.encoder.layers[-1].kernel.assign(np.full((16, 3), np.inf))
    checkpoints = run_callbacks.CheckpointEvery(tmp_path / "ckpt.keras", every=1)
    checkpoints.save(model)
    assert checkpoints.saved_step is None
    assert not (tmp_path / "ckpt.keras").exists()


def test_a_loss_that_is_not_finite_ends_the_fit():
    callback = run_callbacks.StopWhenNotFinite()
    callback.set_model(small_model())
    for loss in (1.0, 2.0, math.inf, math.nan):
        callback.on_train_batch_end(0, {"loss": loss})
    assert callback.diverged_at == 3
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
    counter = run_callbacks.StepCallback(first_step=100)
    old = [{"step": 100, "seconds": 3.0, "loss": 9.0}]
    history = run_callbacks.HistoryFile(RunFolder(tmp_path), counter, old, seconds=3.0)
    fit(counter, history, steps=6, epochs=2)
    rows = RunFolder(tmp_path).read_history(last_step=106)
    assert [row["step"] for row in rows] == ["100", "106"]
    assert float(rows[1]["seconds"]) >= 3.0
    assert rows[0]["kl_0"] == ""
    assert float(rows[1]["kl_0"]) >= 0.0
