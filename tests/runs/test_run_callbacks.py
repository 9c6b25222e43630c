import math
import os
import signal
import threading

import keras
import pytest
from small_model import small_images, small_model

from keras_bvae.runs import run_callbacks
from keras_bvae.runs.run_folder import RunFolder


def fit(*callbacks, steps=12, epochs=3, initial_epoch=0):
    """`epochs` log periods of `steps` steps each."""
    model = small_model()
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


def test_stop_at_asks_for_no_dispatch_across_its_step():
    assert run_callbacks.StopAt(17).every_steps == 17


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


def test_a_log_period_that_was_cut_short_has_no_row(tmp_path):
    history = run_callbacks.HistoryFile(RunFolder(tmp_path), 18)
    fit(history, run_callbacks.StopAt(10), steps=6, epochs=3)
    assert [row["step"] for row in history.rows] == [6]


def test_the_last_log_period_of_a_run_may_be_shorter(tmp_path):
    history = run_callbacks.HistoryFile(RunFolder(tmp_path), 10)
    fit(history, run_callbacks.StopAt(10), steps=6, epochs=3)
    assert [row["step"] for row in history.rows] == [6, 10]
