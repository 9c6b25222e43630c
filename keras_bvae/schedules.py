"""Strengths that move while training: functions of the step, for β, γ and C."""

import math

import keras
import numpy as np
from keras import ops

from keras_bvae.rules import is_finite, require_finite, require_whole


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


@keras.saving.register_keras_serializable(package="keras_bvae")
class Exponential(Ramp):
    """start · (end / start) ^ min(step / steps, 1): by the same share every step.

    Args:
        start: float > 0, the value at step 0.
        end: float > 0, the value at step `steps` and after.
        steps: int >= 1.

    Raises:
        ValueError: a value is not finite and above 0, or `steps` is no whole number
            >= 1.
    """

    def __init__(self, start, end, steps):
        for name, value in {"start": start, "end": end}.items():
            require_finite(name, value, above=0, of="an exponential schedule")
        super().__init__(start, end, steps)

    def value_at(self, step):
        share = ramp(step, self.steps)
        return self.start * ops.exp(math.log(self.end / self.start) * share)


@keras.saving.register_keras_serializable(package="keras_bvae")
class WarmUp(Schedule):
    """Rises from 0 to a schedule's first value in some steps; then that schedule.

    Args:
        schedule: a Keras schedule, or a number that it stays at.
        steps: int >= 1, the schedule's step 0 is at this one.

    Raises:
        ValueError: a number is not finite, or `steps` is no whole number >= 1.

    Source: Goyal et al. 2017 (arXiv:1706.02677), section 2.2; as `warmup_steps` of
    Keras's CosineDecay.
    """

    def __init__(self, schedule, steps):
        require_steps(steps=steps)
        if not callable(schedule):
            schedule = Constant(schedule)
        super().__init__(schedule=schedule, steps=steps)

    def value_at(self, step):
        after = self.schedule(ops.maximum(step - float(self.steps), 0.0))
        return ramp(step, self.steps) * after

    def get_config(self):
        schedule = keras.saving.serialize_keras_object(self.schedule)
        return {"schedule": schedule, "steps": self.steps}

    @classmethod
    def from_config(cls, config):
        schedule = keras.saving.deserialize_keras_object(config["schedule"])
        return cls(schedule, config["steps"])


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
        require_level(start=start, end=end)
        require_steps(period=period)
        advice = "0.5 rises for half of each cycle."
        require_finite("rise", rise, above=0, most=1, advice=advice, of="a schedule")
        super().__init__(start=start, end=end, period=period, rise=rise)

    def value_at(self, step):
        place = ops.mod(step, float(self.period))
        return self.start + (self.end - self.start) * ramp(
            place, self.rise * self.period
        )


# Names that `kbvae train --beta-schedule` understands.
SCHEDULES = {
    "constant": Constant,
    "linear": Linear,
    "cosine": Cosine,
    "cyclic": Cyclic,
}


# Between the steps where a schedule of another kind may turn.
_LOOKS = 32


def turning_steps(schedule):
    """Steps where a schedule has its least and its greatest value, as far as is known.

    Args:
        schedule: any Keras schedule. Of those that are not from here the steps lie
            close together, up to twice the largest count of steps in its config.

    Returns:
        list of int, rising, from 0 on.
    """
    if isinstance(schedule, Constant):
        return [0]
    if isinstance(schedule, Ramp):
        return [0, schedule.steps]
    if isinstance(schedule, Cyclic):
        return [0, math.ceil(schedule.rise * schedule.period)]
    counts = [1000, *_whole_numbers(schedule.get_config())]
    ends = sorted({0, *counts, *(count + 1 for count in counts), 2 * max(counts)})
    return sorted({*ends, *map(int, np.linspace(0, ends[-1], _LOOKS))})


def _whole_numbers(config):
    leaves = keras.tree.flatten(config)
    return [
        int(leaf) for leaf in leaves if is_finite(leaf, least=1) and leaf == int(leaf)
    ]


def value_at(schedule, step):
    """A schedule's value at a step, as a Python float."""
    return float(ops.convert_to_numpy(schedule(step)))


def ramp(step, steps):
    """From 0 at step 0 to 1 at `steps`, and 1 from there on."""
    return ops.clip(step / float(steps), 0.0, 1.0)


def require_level(**levels):
    """Raises unless each named value is a finite number.

    Raises:
        ValueError: it is not.
    """
    advice = "Give the value that the strength shall have there."
    for name, value in levels.items():
        require_finite(name, value, advice=advice, of="a schedule")


def require_steps(**counts):
    """Raises unless each named count of steps is a whole number >= 1.

    Raises:
        ValueError: it is not.
    """
    advice = "Count training steps, not epochs."
    for name, value in counts.items():
        require_whole(name, value, least=1, advice=advice, of="a schedule")
