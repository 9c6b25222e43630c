"""How fast training runs: ours beside plain Keras and hand-written loops."""

from keras_bvae.benchmark.contestants.keras_fit import Ours
from keras_bvae.benchmark.device import device_limits, peak_memory
from keras_bvae.benchmark.layer_list import (
    bytes_of_step,
    layer_list,
    operations_of_step,
)
from keras_bvae.benchmark.workload import make_workload

__all__ = [
    "Ours",
    "bytes_of_step",
    "device_limits",
    "layer_list",
    "make_workload",
    "operations_of_step",
    "peak_memory",
]
