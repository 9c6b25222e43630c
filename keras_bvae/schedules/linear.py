"""A straight line from one value to another."""

import keras

from keras_bvae.schedules.schedule import Ramp


@keras.saving.register_keras_serializable(package="keras_bvae")
class Linear(Ramp):
    """start + (end - start) · min(step / steps, 1).

    Args:
        start: float, the value at step 0.
        end: float, the value at step `steps` and after.
        steps: int >= 1.

    Raises:
        ValueError: a value is not finite, or `steps` is no whole number >= 1.

    Source: Burgess et al. 2018 (arXiv:1804.03599), section 5: C from 0 to 25 nats over
    100,000 steps. As β warm-up: Bowman et al. 2016 (arXiv:1511.06349), section 3.1.
    """

    def risen(self, share):
        return share
