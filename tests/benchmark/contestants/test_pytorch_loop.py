import math

from tiny_workload import assert_trains_like_our_model, tiny_workload

from keras_bvae.benchmark.contestants.pytorch_loop import PyTorchLoop


def test_it_trains_like_our_model():
    assert_trains_like_our_model(PyTorchLoop)


def test_it_trains_the_dense_network_in_bfloat16():
    loop = PyTorchLoop(tiny_workload("higgins2017", images=16, precision="bfloat16"))
    timing = loop.run(3)  # beyond the first pass over the images
    assert timing.steps == 3
    assert timing.seconds > 0
    assert math.isfinite(timing.loss)
