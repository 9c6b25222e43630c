"""Saves a model on JAX and PyTorch without importing TensorFlow for it."""

import contextlib
import sys

import keras


@contextlib.contextmanager
def without_tensorflow():
    """Keeps Keras's saving from importing TensorFlow, on any other backend.

    Keras asks of each value in a model's settings whether it is one of TensorFlow's,
    and imports it, seconds and 400 MB, to ask. Where nobody has imported it none can
    be. Another version of Keras, that asks in another way, asks as it does.
    """
    lazy = _lazy_module()
    if lazy is None or "tensorflow" in sys.modules:
        yield
        return
    lazy._available = False
    try:
        yield
    finally:
        lazy._available = None


def _lazy_module():
    """Keras's stand-in for TensorFlow; None where it has asked, or works otherwise."""
    if keras.backend.backend() == "tensorflow":
        return None
    try:
        from keras.src.utils.module_utils import tensorflow
    except ImportError:
        return None
    # `getattr` would import TensorFlow to look there.
    return tensorflow if vars(tensorflow).get("_available", 0) is None else None
