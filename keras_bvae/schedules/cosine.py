"""Half a cosine from one value to another: slow at both ends."""

import math

import keras
from keras import ops

from keras_bvae.schedules.schedule import Ramp


@keras.saving.register_keras_serializable(package="keras_bvae")
class Cosine(Ramp):
    """start + (end - start) · (1 - cos(π · min(step / steps, 1))) / 2.

    Args:
        start: float, the value at step 0.
        end: float, the value at step `steps` and after.
        steps: int >= 1.

    Raises:
        ValueError: a value is not finite, or `steps` is no whole number >= 1.

    Source: the shape of Loshchilov & Hutter 2017 (arXiv:1608.03983), equation 5.
    """

    def risen(self, share):
        return 0.5 * (1.0 - ops.cos(math.pi * share))
