"""What every schedule is: a function of the step that remembers its arguments."""

import math
import numbers

import keras
from keras import ops


class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """A value for every training step.

    It is a Keras schedule, so it serves a learning rate too, and a model's strength
    takes any schedule of Keras. A subclass writes `value_at`.

    Args:
        **arguments: what the subclass was given; kept as attributes and for saving.
    """

    def __init__(self, **arguments):
        self._arguments = arguments
        for name, value in arguments.items():
            setattr(self, name, value)

    def __call__(self, step):
        """The value at a step.

        Args:
            step: scalar, number or integer tensor: the steps done before.

        Returns:
            Scalar float32 tensor.
        """
        return self.value_at(ops.cast(step, "float32"))

    def value_at(self, step):
        """The value at a step given as float32 tensor (exact to 16 million)."""
        raise NotImplementedError

    def get_config(self):
        return dict(self._arguments)


class Ramp(Schedule):
    """From one value to another in some steps, then at rest.

    A subclass writes `risen`, the share of the way by the share of the steps.

    Args:
        start: float, the value at step 0.
        end: float, the value at step `steps` and after.
        steps: int >= 1.

    Raises:
        ValueError: a value is not finite, or `steps` is no whole number >= 1.
    """

    def __init__(self, start, end, steps):
        require_level(start=start, end=end)
        require_steps(steps=steps)
        super().__init__(start=start, end=end, steps=steps)

    def value_at(self, step):
        risen = self.risen(ramp(step, self.steps))
        return self.start + (self.end - self.start) * risen

    def risen(self, share):
        """0 at share 0, 1 at share 1; share: float32 tensor between them."""
        raise NotImplementedError


def require_level(**levels):
    """Raises unless each named value is a finite number.

    Raises:
        ValueError: it is not.
    """
    for name, value in levels.items():
        if not isinstance(value, numbers.Real) or not math.isfinite(value):
            raise ValueError(
                f"`{name}` of a schedule must be a finite number; received "
                f"{name}={value!r}. Give the value that the strength shall have there."
            )


def require_steps(**counts):
    """Raises unless each named count of steps is a whole number >= 1.

    Raises:
        ValueError: it is not.
    """
    for name, value in counts.items():
        if not isinstance(value, numbers.Integral) or value < 1:
            raise ValueError(
                f"`{name}` of a schedule must be a whole number >= 1; received "
                f"{name}={value!r}. Count training steps, not epochs."
            )


def ramp(step, steps):
    """From 0 at step 0 to 1 at `steps`, and 1 from there on."""
    return ops.clip(step / float(steps), 0.0, 1.0)
