"""The strength of a penalty: a weight of the model, set by hand or by a schedule."""

import functools

import keras
import numpy as np
from keras import ops

from keras_bvae.errors import InvalidValue
from keras_bvae.models.scalar_weight import add_scalar_weight
from keras_bvae.rules import require_finite

_Schedule = keras.optimizers.schedules.LearningRateSchedule


class Strength:
    """Makes an attribute of a model a scalar weight: `beta = Strength()`.

    `self.beta = 4.0` in the model's `__init__` creates the weight. Reading it gives
    the `keras.Variable`; assigning a number changes it at any time, in the middle of
    training too. A Python number would be frozen into the compiled step.

    Given a schedule instead of a number, the weight follows it: before each training
    step it takes the schedule's value for the number of steps done. Evaluation uses
    the value where training stopped; the running mean is logged under its name.

    Args:
        advice: sentence that ends the error for a bad value.
        least, most: the values allowed, None for no bound.
    """

    def __init__(self, advice="0 switches the penalty off.", least=0, most=None):
        self.advice = advice
        self.least = least
        self.most = most

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, model, owner=None):
        return self if model is None else self.weight_of(model)

    def __set__(self, model, value):
        schedule = value if isinstance(value, _Schedule) else None
        if not hasattr(model, f"_{self.name}"):
            self._create(model, schedule)
        elif schedule or self.schedule_of(model):
            state = "follows a schedule" if self.schedule_of(model) else "is a number"
            raise InvalidValue(
                f"`{self.name}` either follows its schedule or is set by hand; "
                f"received {value!r} for a model whose `{self.name}` {state}. Choose "
                "when the model is made."
            )
        if schedule is not None:
            value = float(ops.convert_to_numpy(schedule(0)))
        self.require(value)
        self.weight_of(model).assign(value)

    def _create(self, model, schedule):
        setattr(model, f"_{self.name}", add_scalar_weight(model, self.name))
        setattr(model, f"_{self.name}_schedule", schedule)
        if schedule is not None:
            model.log_mean_of(self.name)

    def weight_of(self, model):
        """The model's weight for this strength."""
        return getattr(model, f"_{self.name}")

    def require(self, value, name=None):
        """Raises unless the value is a finite number between `least` and `most`.

        Args:
            value: what arrived.
            name: what the error calls it; None: the strength's own name.

        Raises:
            ValueError: it is not.
        """
        require_finite(
            name or self.name, value, self.least, self.most, advice=self.advice
        )

    def schedule_of(self, model):
        """The schedule that the model's strength follows, or None."""
        return getattr(model, f"_{self.name}_schedule")

    def follow_schedule(self, model):
        """Moves the weight to its schedule's value for the steps done so far."""
        schedule = self.schedule_of(model)
        if schedule is not None:
            weight = self.weight_of(model)
            weight.assign(ops.cast(schedule(model.step), weight.dtype))

    def config_of(self, model):
        """What `get_config` keeps: a number, or the schedule."""
        schedule = self.schedule_of(model)
        if schedule is not None:
            return keras.saving.serialize_keras_object(schedule)
        value = np.float32(ops.convert_to_numpy(self.weight_of(model)))
        # Through text, so that 0.1 comes back as 0.1 and not as its float32.
        return float(str(value))


@functools.cache
def strengths_of(model_class):
    """The `Strength`s that a class and its parents declare, by name."""
    return {
        name: value
        for parent in reversed(model_class.__mro__)
        for name, value in vars(parent).items()
        if isinstance(value, Strength)
    }
