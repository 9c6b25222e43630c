import numpy as np
from tiny_workload import noiseless_workload, parameters_of

from keras_bvae.benchmark.contestants.keras_fit import KerasFit, Ours
from keras_bvae.benchmark.contestants.pytorch_loop import PyTorchLoop


def test_it_trains_the_model_of_the_workload():
    workload = noiseless_workload()
    timing = Ours(workload).run(2)  # and a first one that is not timed
    assert int(workload.model.step) == 3
    assert timing.steps == 2
    assert timing.seconds > 0
    # PyTorch's loop compiles nothing. Convolutions of two libraries differ by 1e-6.
    expected = PyTorchLoop(workload).run(3).loss
    np.testing.assert_allclose(timing.loss, expected, rtol=1e-5)


def test_it_trains_like_a_loop_that_trains_like_our_model():
    workload = noiseless_workload()
    plain = KerasFit(workload)
    assert plain.model.count_params() == parameters_of(workload)
    timing = plain.run(2)  # and a first one that is not timed
    assert timing.steps == 2
    assert timing.seconds > 0
    # PyTorch's loop compiles nothing. Convolutions of two libraries differ by 1e-6.
    expected = PyTorchLoop(workload).run(3).loss
    np.testing.assert_allclose(timing.loss, expected, rtol=1e-5)
