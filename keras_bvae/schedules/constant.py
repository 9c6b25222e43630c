"""One value at every step."""

import keras
from keras import ops

from keras_bvae.schedules.schedule import Schedule, require_level


@keras.saving.register_keras_serializable(package="keras_bvae")
class Constant(Schedule):
    """The same value at every step; what a plain number means too.

    Args:
        value: float.

    Raises:
        ValueError: the value is not finite.
    """

    def __init__(self, value):
        require_level(value=value)
        super().__init__(value=value)

    def value_at(self, step):
        return ops.zeros_like(step) + self.value
