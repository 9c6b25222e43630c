import keras
import pytest

from keras_bvae.callbacks import DisentanglementMetric, ExactResume
from keras_bvae.engine import steps_at_once as module
from keras_bvae.engine.steps_at_once import steps_at_once
from keras_bvae.runs.run_callbacks import StopAt

pytestmark = pytest.mark.across_backends


class Looks(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        pass


class LooksTheOldWay(keras.callbacks.Callback):
    def on_batch_begin(self, batch, logs=None):
        pass


@pytest.fixture(autouse=True)
def an_accelerator(monkeypatch):
    monkeypatch.setattr(module.engine, "is_on_cpu", lambda: False)


def test_nobody_looks():
    assert steps_at_once([], 100) == 100
    assert steps_at_once([keras.callbacks.EarlyStopping()], 60) == 60
    assert steps_at_once([keras.callbacks.ProgbarLogger()], 100) == 100


def test_a_callback_that_may_look_gets_single_steps():
    assert steps_at_once([Looks()], 100) == 1
    assert steps_at_once([LooksTheOldWay()], 100) == 1
    looks = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)
    assert steps_at_once([looks], 100) == 1


def test_a_callback_may_say_how_often_it_looks(tmp_path):
    assert steps_at_once([ExactResume(tmp_path, save_freq=250)], 100) == 50
    assert steps_at_once([ExactResume(tmp_path)], 100) == 100
    assert steps_at_once([StopAt(2030), ExactResume(tmp_path, save_freq=40)], 100) == 10
    assert steps_at_once([StopAt(17)], 100) == 1


def test_the_metric_looks_as_often_as_it_scores():
    from numbered_run import Squares

    assert steps_at_once([DisentanglementMetric(Squares())], 100) == 100
    metric = DisentanglementMetric(Squares(), every_batches=20)
    assert steps_at_once([metric], 100) == 20


def test_long_epochs_are_cut_into_equal_parts():
    assert steps_at_once([], 11_520) == 96
    assert steps_at_once([], 101) == 1  # a prime


def test_a_cpu_takes_fewer(monkeypatch):
    monkeypatch.setattr(module.engine, "is_on_cpu", lambda: True)
    assert steps_at_once([], 100) == 10
    assert steps_at_once([], 7) == 7
