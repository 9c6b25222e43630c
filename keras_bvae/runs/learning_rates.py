"""The learning rate of a run, step by step: constant, or a schedule over all of it."""

from keras_bvae import schedules
from keras_bvae.errors import InvalidValue
from keras_bvae.rules import require_finite, shown

# How the learning rate falls. Each but the first takes what begins, what ends and the
# steps between.
LEARNING_RATE_SCHEDULES = {
    "constant": None,
    "linear": schedules.Linear,
    "cosine": schedules.Cosine,
    "exponential": schedules.Exponential,
}
# What "exponential" falls to, where nobody says: it never gets to 0.
_SHARE = 0.01
_LARGEST = 1e12


def completed_end(settings):
    """What the learning rate falls to; None where it stays.

    Args:
        settings: `Settings`, whose learning rate is a good one.

    Raises:
        InvalidValue: a bad value, one without a schedule that has an end, or a warm-up
            that takes the whole run.
    """
    _require_warm_up(settings)
    kind, end = settings.learning_rate_schedule, settings.learning_rate_end
    if kind == "constant":
        if end is not None:
            raise InvalidValue(
                "`learning_rate_end` is what a schedule falls to; received "
                f"learning_rate_end={shown(end)} with learning_rate_schedule="
                "'constant'. Name linear, cosine or exponential as well."
            )
        return None
    if end is None:
        return _SHARE * settings.learning_rate if kind == "exponential" else 0.0
    bounds = {"above": 0} if kind == "exponential" else {"least": 0}
    advice = "A hundredth of the learning rate is a usual end."
    require_finite("learning_rate_end", end, **bounds, most=_LARGEST, advice=advice)
    return end


def learning_rate_of(settings):
    """What a run's optimizer is given for a learning rate.

    The schedule takes the run's steps, whatever they are: a run that is lengthened
    goes on with the learning rates that a run of its new length has from there on.

    Args:
        settings: `Settings` with `steps`.

    Returns:
        float, or a Keras schedule of the optimizer's steps.
    """
    rate, warm_up = settings.learning_rate, settings.warm_up_steps
    falls = LEARNING_RATE_SCHEDULES[settings.learning_rate_schedule]
    if falls is not None:
        rate = falls(rate, settings.learning_rate_end, settings.steps - warm_up)
    return schedules.WarmUp(rate, warm_up) if warm_up else rate


def _require_warm_up(settings):
    warm_up, steps = settings.warm_up_steps, settings.steps
    if steps is not None and warm_up and warm_up >= steps:
        raise InvalidValue(
            "`warm_up_steps` must be less than the steps of the run; received "
            f"warm_up_steps={shown(warm_up)} for {steps:,} steps. A twentieth of them "
            "is a usual warm-up."
        )
