"""How fast training runs: ours beside plain Keras and hand-written loops."""

from keras_bvae.benchmark.device import device_limits, peak_memory
from keras_bvae.benchmark.layer_list import (
    bytes_of_step,
    layer_list,
    operations_of_step,
)

__all__ = [
    "bytes_of_step",
    "device_limits",
    "layer_list",
    "operations_of_step",
    "peak_memory",
]
