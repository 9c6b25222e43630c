"""How long a run is, and what may end it earlier: the rules of these settings."""

from keras_bvae.errors import InvalidValue
from keras_bvae.rules import require_finite, shown

# Steps between two rows of the history: often enough to plot, rare enough to be free.
LOG_PERIOD = 100


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


def require_equal(steps, settings):
    """The steps that a run's epochs are, once they are those of its settings.

    Args:
        steps: int, of that many epochs.
        settings: `Settings`.

    Raises:
        InvalidValue: the settings have other ones.
    """
    if settings.steps not in (None, steps):
        raise InvalidValue(
            f"A run is as long as its steps, or as its epochs; received steps="
            f"{settings.steps} and epochs={settings.epochs}, which are {steps:,} "
            "steps here. Leave one of them out."
        )
    return steps


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
            "earlier, by beta_steps or capacity_steps."
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
