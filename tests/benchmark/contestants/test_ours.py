import numpy as np
from tiny_workload import noiseless_workload

from keras_bvae.benchmark.contestants.ours import Ours
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
