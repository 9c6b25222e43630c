"""How layers are made: from which seed, in which precision, and nothing else changes.

Keras takes both from the process, where they are the user's: they are put back.
"""

import contextlib
import random

import keras


@contextlib.contextmanager
def drawing_apart():
    """What layers draw from `random` as they are made meanwhile counts for nobody else.

    Of a model that is loaded, say: all that it draws is overwritten.
    """
    before = random.getstate()
    try:
        yield
    finally:
        random.setstate(before)


@contextlib.contextmanager
def weights_from(seed):
    """Layers that are made meanwhile draw their initial weights from this seed.

    Keras draws from `random`; its own `set_random_seed` would import TensorFlow on
    every backend, for seconds.

    Args:
        seed: int.
    """
    with drawing_apart():
        random.seed(seed)
        yield


@contextlib.contextmanager
def layers_in(precision):
    """Layers and networks that are made meanwhile compute in this precision.

    Args:
        precision: str, a dtype policy of Keras.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
