"""What a device reaches at its best, and the most memory that a process has held."""

import sys
import time

import keras
from keras import ops

try:
    import resource
except ImportError:  # Windows
    resource = None

# Large enough to keep a device busy, small enough for a laptop; a GPU gets more.
SIDE, GPU_SIDE = 1024, 8192
COPIED, GPU_COPIED = 2**24, 2**29
REPEATS = 5
BYTES_PER_MB = 1e6


def device_limits(on_gpu=False, dtype="float32"):
    """Measures both on the device that Keras uses.

    float32 products run in the precision that the framework chooses for them: on recent
    GPUs JAX takes TF32, PyTorch full float32.

    Args:
        on_gpu: bool, whether sizes are those for a GPU.
        dtype: str, of the matrices.

    Returns:
        dict: `tflops`, 10¹² operations a second of a matrix product;
        `gb_per_second`, 10⁹ bytes read and written a second of a copy.
    """
    side, copied = (GPU_SIDE, GPU_COPIED) if on_gpu else (SIDE, COPIED)
    matrix = ops.ones((side, side), dtype)
    product = _fastest(lambda: ops.matmul(matrix, matrix))
    values = ops.ones((copied,), "float32")
    copy = _fastest(lambda: values + 1.0)
    return {
        "tflops": 2 * side**3 / product / 1e12,
        "gb_per_second": 2 * 4 * copied / copy / 1e9,
    }


def peak_memory():
    """What was needed so far, at its highest.

    Returns:
        dict: `peak_memory_mb`, the resident set of the whole process, libraries and
        code included; None where the system does not tell. `peak_device_memory_mb`:
        what the framework gave out on the GPU; None without one. Both in 10⁶ bytes.
    """
    return {
        "peak_memory_mb": _resident(),
        "peak_device_memory_mb": _on_device(keras.backend.backend()),
    }


def _fastest(function):
    """Seconds of the best of a few calls, after one for the compiler."""
    times = []
    for _ in range(1 + REPEATS):
        begin = time.perf_counter()
        result = function()
        keras.ops.convert_to_numpy(ops.ravel(result)[:1])  # waits for the device
        times.append(time.perf_counter() - begin)
    return min(times[1:])


def _resident():
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kibibytes, but bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    return peak * unit / BYTES_PER_MB


def _on_device(backend):
    if backend == "jax":
        import jax

        statistics = jax.devices()[0].memory_stats() or {}
        peak = statistics.get("peak_bytes_in_use")
        is_gpu = jax.default_backend() != "cpu"
        return peak / BYTES_PER_MB if is_gpu and peak else None
    if backend == "torch":
        import torch

        # CUDA's and Intel's devices tell; Apple's do not.
        device = getattr(torch, ops.zeros(()).device.type, None)
        peak = getattr(device, "max_memory_allocated", None)
        return None if peak is None else peak() / BYTES_PER_MB
    import tensorflow as tf

    if not tf.config.list_physical_devices("GPU"):
        return None
    return tf.config.experimental.get_memory_info("GPU:0")["peak"] / BYTES_PER_MB
