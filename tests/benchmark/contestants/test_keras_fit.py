import numpy as np
import pytest
from tiny_workload import noiseless_workload, parameters_of

from keras_bvae.benchmark.contestants import keras_fit
from keras_bvae.benchmark.contestants.keras_fit import (
    FitClock,
    KerasFit,
    Ours,
    epochs_of,
)
from keras_bvae.benchmark.contestants.pytorch_loop import PyTorchLoop


def test_ours_trains_the_model_of_the_workload():
    workload = noiseless_workload()
    timing = Ours(workload).run(2)  # and a first one that is not timed
    assert int(workload.model.step) == 3
    assert timing.steps == 2
    assert timing.seconds > 0
    # PyTorch's loop compiles nothing. Convolutions of two libraries differ by 1e-6.
    expected = PyTorchLoop(workload).run(3).loss
    np.testing.assert_allclose(timing.loss, expected, rtol=1e-5)


def test_plain_keras_trains_like_a_loop_that_trains_like_our_model():
    workload = noiseless_workload()
    plain = KerasFit(workload)
    assert plain.model.count_params() == parameters_of(workload)
    timing = plain.run(2)  # and a first one that is not timed
    assert timing.steps == 2
    assert timing.seconds > 0
    # PyTorch's loop compiles nothing. Convolutions of two libraries differ by 1e-6.
    expected = PyTorchLoop(workload).run(3).loss
    np.testing.assert_allclose(timing.loss, expected, rtol=1e-5)


def test_the_first_epoch_is_not_timed(monkeypatch):
    ticks = iter([10.0, 12.0, 15.0])
    monkeypatch.setattr(keras_fit.time, "perf_counter", lambda: next(ticks))
    clock = FitClock(steps_per_epoch=5)
    for epoch, loss in enumerate([3.0, 2.0, 1.0]):
        clock.on_epoch_end(epoch, {"loss": loss})
    # Two epochs of five steps, from 10 s to 15 s.
    assert clock.timing() == (10, 5.0, 1.0)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [(1, (1, 1)), (2, (2, 1)), (40, (4, 10)), (400, (4, 100)), (1000, (10, 100))],
)
def test_epochs_are_quarters_of_a_run_or_a_hundred_steps(steps, expected):
    assert epochs_of(steps) == expected
