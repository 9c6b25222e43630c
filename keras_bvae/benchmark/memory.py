"""The most memory that a process has held, and its device."""

import sys

import keras

try:
    import resource
except ImportError:  # Windows
    resource = None

BYTES_PER_MB = 1e6


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

        if not torch.cuda.is_available():
            return None
        return torch.cuda.max_memory_allocated() / BYTES_PER_MB
    import tensorflow as tf

    if not tf.config.list_physical_devices("GPU"):
        return None
    return tf.config.experimental.get_memory_info("GPU:0")["peak"] / BYTES_PER_MB
