import keras
import pytest
from numbered_run import Squares

from keras_bvae.callbacks import DisentanglementMetric, ExactResume
from keras_bvae.engine import dispatches as module
from keras_bvae.engine.dispatches import Dispatches, Place, dispatches_for
from keras_bvae.runs.run_callbacks import StopAt

pytestmark = pytest.mark.across_backends


@pytest.fixture(autouse=True)
def an_accelerator(monkeypatch):
    monkeypatch.setattr(module.engine, "is_on_cpu", lambda: False)


class Looks(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        pass


class LooksTheOldWay(keras.callbacks.Callback):
    def on_batch_begin(self, batch, logs=None):
        pass


class LooksAtTimes(Looks):
    def __init__(self, every_steps, counted=None):
        super().__init__()
        self.every_steps = every_steps
        if counted:
            self.steps_counted = counted


def counts(dispatches, epochs=1, place=Place(0)):  # noqa: B008
    """The steps of every dispatch of so many epochs, which each fit into one."""
    dispatches.epochs = epochs
    found = []
    for epoch in range(epochs):
        in_epoch = []
        while place.epoch == epoch and (count := dispatches.count_at(place)):
            in_epoch.append(count)
            place = dispatches.after(place, count)
        assert len(in_epoch) <= dispatches.in_an_epoch
        found += in_epoch
    return found


def steps_of(callbacks, steps_per_epoch, epochs=1):
    return counts(dispatches_for(callbacks, steps_per_epoch), epochs)


def test_nobody_looks(tmp_path):
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "a.keras")
    content = [
        keras.callbacks.EarlyStopping(),
        keras.callbacks.ProgbarLogger(),
        keras.callbacks.BackupAndRestore(tmp_path),
        checkpoint,
        ExactResume(tmp_path),
        LooksAtTimes(None),
    ]
    assert steps_of(content, 100) == [100]
    assert steps_of(content, 60, epochs=2) == [60, 60]


def test_a_callback_that_may_look_gets_single_steps(tmp_path):
    class Saves(keras.callbacks.ModelCheckpoint):
        def on_train_batch_end(self, batch, logs=None):
            pass

    lambdas = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: 0)
    backup = keras.callbacks.BackupAndRestore(tmp_path, save_freq=7)
    saves = Saves(tmp_path / "a.keras")
    for looks in (Looks(), LooksTheOldWay(), lambdas, backup, saves):
        assert steps_of([looks], 10) == [1] * 10


def test_epochs_of_any_length_end_with_a_short_dispatch():
    assert steps_of([], 11_520) == [100] * 115 + [20]
    assert steps_of([], 101) == [100, 1]
    assert steps_of([], 7, epochs=2) == [7, 7]


def test_odd_intervals_end_dispatches_where_they_are_due():
    metric = DisentanglementMetric(Squares(), every_batches=33)
    assert steps_of([metric], 100, 2) == [33, 33, 33, 1, 32, 33, 33, 2]
    metric = DisentanglementMetric(Squares(), every_batches=333)
    assert steps_of([metric], 100, 4) == [100, 100, 100, 33, 67]
    assert steps_of([DisentanglementMetric(Squares())], 100) == [100]


def test_every_callback_gets_its_steps(tmp_path):
    callbacks = [ExactResume(tmp_path, save_freq=250), LooksAtTimes(70, "epochs")]
    dispatches, place, ends = dispatches_for(callbacks, 100), Place(0), []
    for count in counts(dispatches, 5):
        place = dispatches.after(place, count)
        ends.append(place.position)
    due = {250, 500, *range(70, 500, 70), *range(100, 501, 100)}
    assert due <= set(ends)
    assert len(ends) <= len(due) + 4  # none is longer than 70 here


def test_a_last_step_cuts_one_dispatch_short():
    dispatches = dispatches_for([StopAt(5001)], 100)
    dispatches.end = 5001
    assert counts(dispatches, 51) == [100] * 50 + [1]


def test_a_callback_may_count_its_steps_in_any_way():
    # The second fit of a model, in the second epoch of an older count.
    def ends(callback):
        dispatches = dispatches_for([callback], 10)
        place = dispatches.begin = Place(0, epoch=1, done=0)
        dispatches.steps_before = 6
        dispatches.epochs, found = 2, []
        while count := dispatches.count_at(place):
            found.append(place.done + count)
            place = dispatches.after(place, count)
        assert len(found) <= dispatches.in_an_epoch
        return found

    assert ends(LooksAtTimes(7, "epoch")) == [7, 10]
    assert ends(LooksAtTimes(7, "epochs")) == [4, 10]
    assert ends(LooksAtTimes(7, "fit")) == [7, 10]
    assert ends(LooksAtTimes(7, "model")) == [1, 8, 10]
    assert ends(LooksAtTimes(7)) == [1, 4, 7, 8, 10]


def test_keras_checkpoints_are_written_when_they_are_due(tmp_path):
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "a.keras", save_freq=30)
    assert steps_of([checkpoint], 100, 2) == [30, 30, 30, 10, 20, 30, 30, 20]
    checkpoint._batches_seen_since_last_saving = 4  # of an earlier fit
    assert steps_of([checkpoint], 3) == [1, 1, 1]


def test_a_cpu_takes_fewer(monkeypatch):
    monkeypatch.setattr(module.engine, "is_on_cpu", lambda: True)
    assert steps_of([], 100) == [10] * 10
    assert steps_of([], 13) == [10, 3]


def test_without_epochs_every_dispatch_is_a_whole_one():
    dispatches = Dispatches(4)
    assert dispatches.count_at(Place(7)) == 4
    assert dispatches.after(Place(7), 4) == Place(11, 0, 4)
