"""A ramp that begins again and again."""

import keras
from keras import ops

from keras_bvae.schedules.schedule import Schedule, ramp, require_level, require_steps


@keras.saving.register_keras_serializable(package="keras_bvae")
class Cyclic(Schedule):
    """Rises from `start` to `end`, rests there, falls back at once, and so on.

    Args:
        start: float, the value at the beginning of a cycle.
        end: float, the value after the rise.
        period: int >= 1, steps of a cycle.
        rise: float in (0, 1], the share of a cycle that the rise takes.

    Raises:
        ValueError: a value is not finite or out of its range.

    Source: Fu et al. 2019 (arXiv:1903.10145), equations 6 and 7; R is `rise`.
    """

    def __init__(self, start, end, period, rise=0.5):
        require_level(start=start, end=end, rise=rise)
        require_steps(period=period)
        if not 0 < rise <= 1:
            raise ValueError(
                "`rise` of a schedule must lie above 0 and at most at 1; received "
                f"rise={rise!r}. 0.5 rises for half of each cycle."
            )
        super().__init__(start=start, end=end, period=period, rise=rise)

    def value_at(self, step):
        place = ops.mod(step, float(self.period))
        return self.start + (self.end - self.start) * ramp(
            place, self.rise * self.period
        )
