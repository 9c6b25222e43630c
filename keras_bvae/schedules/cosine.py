"""Half a cosine from one value to another: slow at both ends."""

import math

import keras
from keras import ops

from keras_bvae.schedules.schedule import Schedule, ramp, require_level, require_steps


@keras.saving.register_keras_serializable(package="keras_bvae")
class Cosine(Schedule):
    """start + (end - start) · (1 - cos(π · min(step / steps, 1))) / 2.

    Args:
        start: float, the value at step 0.
        end: float, the value at step `steps` and after.
        steps: int >= 1.

    Raises:
        ValueError: a value is not finite, or `steps` is no whole number >= 1.

    Source: the shape of Loshchilov & Hutter 2017 (arXiv:1608.03983), equation 5.
    """

    def __init__(self, start, end, steps):
        require_level(start=start, end=end)
        require_steps(steps=steps)
        super().__init__(start=start, end=end, steps=steps)

    def value_at(self, step):
        rise = 0.5 * (1.0 - ops.cos(math.pi * ramp(step, self.steps)))
        return self.start + (self.end - self.start) * rise
