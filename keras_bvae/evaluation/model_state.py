"""Which weights a score is of: the step, and a digest that no other weights have."""

import hashlib

import keras
import numpy as np

# Each kind of number in one form, whatever a backend keeps it in.
_FORMS = {"f": "<f4", "i": "<i8", "u": "<u8", "b": "|b1", "c": "<c16"}


def model_state(model):
    """What a record of scores carries, to be told from those of other weights.

    The same on every backend and device, and after saving and loading.

    Args:
        model: built Keras model.

    Returns:
        dict: `step`, the training steps that the model has had (None for one that does
        not count them), and `weights_sha256`, text, of all its weights' names, shapes
        and values. Optimizer and random streams do not count.
    """
    step = getattr(model, "step", None)
    if step is not None:
        step = int(keras.ops.convert_to_numpy(step))
    return {"step": step, "weights_sha256": _digest(model.weights)}


def _digest(weights):
    digest = hashlib.sha256()
    for weight in weights:
        value = np.asarray(keras.ops.convert_to_numpy(weight))
        # bfloat16 is no kind that NumPy knows; float32 holds all of it.
        form = "<f8" if value.dtype == np.float64 else _FORMS.get(value.dtype.kind)
        value = np.ascontiguousarray(value, form or "<f4")
        digest.update(f"{weight.name} {weight.shape} {value.dtype.str}\n".encode())
        digest.update(value.tobytes())
    return digest.hexdigest()
