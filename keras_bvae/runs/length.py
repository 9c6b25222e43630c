"""How long a run is, and what may end it earlier: the rules of these settings."""

import dataclasses

from keras_bvae.errors import InvalidValue
from keras_bvae.rules import require_finite, shown

# Steps between two rows of the history: often enough to plot, rare enough to be free.
LOG_PERIOD = 100
# Of them the most between two validation rounds, where nobody says how often.
_MOST_PERIODS = 10


def require_one_length(steps, epochs):
    """Raises where a run is given both steps and epochs.

    Raises:
        InvalidValue: it is.
    """
    if steps is not None and epochs is not None:
        raise InvalidValue(
            "A run is as long as its steps, or as its epochs; received steps="
            f"{shown(steps)} and epochs={shown(epochs)}. Leave one of them out."
        )


def with_steps(settings, passes):
    """The settings of a run, with all that hangs on how many images train.

    Args:
        settings: `Settings`.
        passes: int >= 1, the steps of a pass over the images that train.

    Returns:
        `Settings`, with `steps`; where something is held out with `validation_every`
        too: a pass in whole log periods, 100 to 1,000 steps.

    Raises:
        InvalidValue: `steps` and `epochs` are given, and differ.
    """
    changes = {}
    if settings.epochs is not None:
        changes["steps"] = settings.epochs * passes
        _require_equal(changes["steps"], settings)
    if settings.validation and not settings.validation_every:
        periods = round(passes / LOG_PERIOD)
        changes["validation_every"] = LOG_PERIOD * min(max(periods, 1), _MOST_PERIODS)
    return dataclasses.replace(settings, **changes) if changes else settings


def lengthened(settings, steps, epochs, passes):
    """The settings of a run that goes on to another step.

    Args:
        settings: `Settings` with `steps`.
        steps: int >= 1 or None.
        epochs: int >= 1 or None, in its place.
        passes: int >= 1, the steps of an epoch.

    Returns:
        `Settings`; the same where neither is given.

    Raises:
        InvalidValue: both are given, or a value breaks its rule.
    """
    require_one_length(steps, epochs)
    if epochs is not None:
        settings = dataclasses.replace(settings, epochs=epochs)  # by its rule
        return dataclasses.replace(settings, steps=epochs * passes)
    if steps is None:
        return settings
    return dataclasses.replace(settings, steps=steps, epochs=None)


def _require_equal(steps, settings):
    if settings.steps not in (None, steps):
        raise InvalidValue(
            "A run is as long as its steps, or as its epochs; received steps="
            f"{settings.steps} and epochs={settings.epochs}, which are {steps:,} "
            "steps here. Leave one of them out."
        )


def require_validation(settings):
    """Raises unless what is held out, and what it decides, go together.

    Args:
        settings: `Settings`, its whole numbers and options being good ones.

    Raises:
        InvalidValue: they do not.
    """
    advice = "Use 0.1 to hold a tenth of the images out."
    require_finite("validation", settings.validation, 0, below=1, advice=advice)
    if settings.validation_every and not settings.validation:
        raise InvalidValue(
            "`validation_every` needs images that are held out; received "
            f"validation_every={shown(settings.validation_every)} with validation=0. "
            "Use validation=0.1 to hold a tenth out."
        )
    steps, rest = settings.steps, first_rest(settings)
    if settings.early_stopping and steps is not None and rest >= steps:
        raise InvalidValue(
            "Early stopping compares losses from where β and C stay as they are; "
            f"received early_stopping={settings.early_stopping} for a run of {steps:,} "
            f"steps, in which they move until step {rest:,}. Let them come to rest "
            "earlier, by --beta-steps or --capacity-steps."
        )


def first_rest(settings):
    """The first step at which β and C have the value that they have in the end.

    Args:
        settings: `Settings` with `steps`.

    Returns:
        int >= 0.
    """
    options = settings.options
    if options["capacity_steps"] is not None:
        return options["capacity_steps"]
    kind, steps = options["beta_schedule"], options["beta_steps"]
    if kind in (None, "constant") or steps is None:
        return 0
    return -(-steps // 2) if kind == "cyclic" else steps


def is_at_rest(settings, step):
    """Whether β and C have at a step the value that they are to have in the end.

    While they move, a lesser loss tells nothing of the weights.

    Args:
        settings: `Settings` with `steps`.
        step: int >= 0.
    """
    if settings.beta_schedule == "cyclic":  # which falls back after each cycle
        step %= settings.beta_steps
    return step >= first_rest(settings)
