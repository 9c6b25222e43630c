"""What the device reaches at its best: a big matrix product, a big copy."""

import time

import keras
from keras import ops

# Large enough to keep a device busy, small enough for a laptop; a GPU gets more.
SIDE, GPU_SIDE = 1024, 8192
COPIED, GPU_COPIED = 2**24, 2**29
REPEATS = 5


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


def _fastest(function):
    """Seconds of the best of a few calls, after one for the compiler."""
    times = []
    for _ in range(1 + REPEATS):
        begin = time.perf_counter()
        result = function()
        keras.ops.convert_to_numpy(ops.ravel(result)[:1])  # waits for the device
        times.append(time.perf_counter() - begin)
    return min(times[1:])
