"""The strength of a penalty: a weight of the model, set by hand or by a schedule."""

import functools

import keras
import numpy as np
from keras import ops

from keras_bvae.errors import InvalidValue
from keras_bvae.models.scalar_weight import add_scalar_weight
from keras_bvae.rules import require_finite
from keras_bvae.schedules import Schedule, turning_steps, value_at

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
        elif schedule is not None or self.schedule_of(model):
            state = "follows a schedule" if self.schedule_of(model) else "is a number"
            raise InvalidValue(
                f"`{self.name}` either follows its schedule or is set by hand; "
                f"received {value!r} for a model whose `{self.name}` {state}. Choose "
                "when the model is made."
            )
        self._require_all(model, value)
        first = value if schedule is None else value_at(schedule, 0)
        self.weight_of(model).assign(first)
        for strength in strengths_of(type(model)).values():
            strength.follow(model, self.name)

    def _require_all(self, model, value):
        """Raises unless the value, or all of a schedule, may stand beside the others.

        What was there before stays if it does not.
        """
        if not isinstance(value, _Schedule):
            self.require(value)
        else:
            for step in turning_steps(getattr(value, "multiplied", value)):
                self.require(value_at(value, step), at_step=step)
        model.require_strengths(self.name, value)

    def follow(self, model, name):
        """Called where the strength `name` has a new value: most take no notice."""

    def _create(self, model, schedule):
        setattr(model, f"_{self.name}", add_scalar_weight(model, self.name))
        setattr(model, f"_{self.name}_schedule", schedule)
        if schedule is not None:
            model.log_mean_of(self.name)

    def weight_of(self, model):
        """The model's weight for this strength."""
        return getattr(model, f"_{self.name}")

    def require(self, value, name=None, at_step=None):
        """Raises unless the value is a finite number between `least` and `most`.

        Args:
            value: what arrived.
            name: what the error calls it; None: the strength's own name.
            at_step: int, where a schedule has the value; None: it is no schedule's.

        Raises:
            ValueError: it is not.
        """
        require_finite(
            name or self.name,
            value,
            self.least,
            self.most,
            advice=self.advice,
            of="" if at_step is None else f"a schedule at step {at_step:,}",
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
        value = self.now(model)
        is_schedule = isinstance(value, _Schedule)
        return keras.saving.serialize_keras_object(value) if is_schedule else value

    def now(self, model):
        """What the strength was set to: a float, or the schedule that it follows."""
        schedule = self.schedule_of(model)
        if schedule is not None:
            return schedule
        value = np.float32(ops.convert_to_numpy(self.weight_of(model)))
        # Through text, so that 0.1 comes back as 0.1 and not as its float32.
        return float(str(value))


class MultipleOf(Strength):
    """A strength that is a multiple of another one, until it has a value of its own.

    Assigned None, it follows the other: its number, whenever that is assigned, or its
    schedule.

    Args:
        source: str, the other strength's name.
        factor: function of the model: how often it counts.
        advice, least, most: as for `Strength`.
    """

    def __init__(self, source, factor, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.source = source
        self.factor = factor

    def __set__(self, model, value):
        follows = value is None
        super().__set__(model, self._multiple(model) if follows else value)
        setattr(model, f"_{self.name}_follows", follows)

    def follows(self, model):
        """Whether it has no value of its own."""
        return getattr(model, f"_{self.name}_follows", False)

    def _multiple(self, model):
        source = strengths_of(type(model))[self.source]
        schedule = source.schedule_of(model)
        if schedule is not None:
            return _Multiple(schedule, self.factor(model))
        return self.factor(model) * float(ops.convert_to_numpy(source.weight_of(model)))

    def config_of(self, model):
        value = self.now(model)
        return None if isinstance(value, _Multiple) else super().config_of(model)

    def follow(self, model, name):
        if name == self.source and self.follows(model):
            self.__set__(model, None)


class _Multiple(Schedule):
    """Another schedule times a number; never saved, for it is made anew."""

    def __init__(self, multiplied, factor):
        super().__init__(multiplied=multiplied, factor=factor)

    def __call__(self, step):
        return self.factor * ops.cast(self.multiplied(step), "float32")


def require_strengths_of(model):
    """Raises unless each strength is what it may be, now that training begins.

    `model.beta.assign(…)` sets the weight itself, which asks nobody; those that follow
    another strength are brought to it here.

    Raises:
        ValueError: one is not.
    """
    strengths = strengths_of(type(model)).values()
    set_by_hand = [s for s in strengths if s.schedule_of(model) is None]
    for strength in set_by_hand:
        for other in strengths:
            strength.follow(model, other.name)
    for strength in set_by_hand:
        strength.require(strength.now(model))
        model.require_strengths(strength.name, strength.now(model))


@functools.cache
def strengths_of(model_class):
    """The `Strength`s that a class and its parents declare, by name."""
    return {
        name: value
        for parent in reversed(model_class.__mro__)
        for name, value in vars(parent).items()
        if isinstance(value, Strength)
    }


def follow_schedules(model):
    """Moves each strength of a model to its schedule's value for the steps done."""
    for strength in strengths_of(type(model)).values():
        strength.follow_schedule(model)


def values_of(model):
    """A model's strengths as they stand, tensors by name."""
    strengths = strengths_of(type(model)).items()
    return {name: strength.weight_of(model).value for name, strength in strengths}


def configs_of(model):
    """What a model's `get_config` keeps of its strengths, by name."""
    strengths = strengths_of(type(model)).items()
    return {name: strength.config_of(model) for name, strength in strengths}
