"""An objective's options in a run: completed, checked, and made into its model."""

from keras_bvae import schedules
from keras_bvae.errors import InvalidValue
from keras_bvae.models import strengths_of
from keras_bvae.rules import require_finite, require_one_of, require_whole, shown
from keras_bvae.runs.objectives import OBJECTIVES, OPTIONS

# Beyond this float32 computes nothing but infinity, and JSON no whole number.
_LARGEST = {float: 1e12, int: 2**53}


def complete_options(objective, typed, steps, learning_rate=1e-4):
    """The options of a run: what was typed, and defaults for the rest.

    Args:
        objective: one of `OBJECTIVES`.
        typed: dict by `OPTIONS`; None where nothing was typed.
        steps: int >= 1, the run's steps: a capacity rises over all of them, β warms up
            over half of them, a cycle takes a quarter. None: not known yet, and what
            hangs on them is None as well.
        learning_rate: float, the autoencoder's, for the discriminator too.

    Returns:
        dict by `OPTIONS`; None for those of other objectives.

    Raises:
        ValueError: an unknown objective, an option of another one, a bad value.
    """
    require_one_of("`objective`", objective, OBJECTIVES)
    entry = OBJECTIVES[objective]
    typed = {name: value for name, value in typed.items() if value is not None}
    _require_own(objective, typed)
    options = {**dict.fromkeys(OPTIONS), **entry.options, **typed}
    _require_valid(entry, options)
    for name, worked_out in entry.worked_out.items():
        if options[name] is None:
            options[name] = worked_out(options, steps, learning_rate)
    if "beta_schedule" in entry.options:
        options |= _completed_warm_up(options, typed, steps)
    return options


def make_model(objective, options, encoder, decoder, dataset_size, **arguments):
    """The model of an objective, not compiled.

    Args:
        objective: one of `OBJECTIVES`.
        options: dict from `complete_options`.
        encoder, decoder: Keras models.
        dataset_size: int, images of the data set.
        **arguments: likelihood, seed and so on.

    Returns:
        A `VariationalAutoencoder`.
    """
    entry = OBJECTIVES[objective]
    own = {name: options[name] for name in entry.options if OPTIONS[name].is_the_models}
    if "beta_schedule" in entry.options:
        own["beta"] = _warm_up(options)
    if "capacity_steps" in entry.options:
        own["capacity"] = schedules.Linear(
            0.0, options["capacity"], options["capacity_steps"]
        )
    if hasattr(entry.model, "dataset_size"):
        own["dataset_size"] = dataset_size
    return entry.model(encoder, decoder, **own, **entry.fixed, **arguments)


def _require_own(objective, typed):
    """Raises for an option that another objective has."""
    own = OBJECTIVES[objective].options
    for name in typed:
        if name not in own:
            owners = [o for o, entry in OBJECTIVES.items() if name in entry.options]
            raise InvalidValue(
                f"`{name}` is an option of {', '.join(owners)}; received "
                f"{name}={shown(typed[name])} with objective={objective!r}, whose "
                f"options are {', '.join(own)}. Leave it out, or name another "
                "objective."
            )


def _require_valid(entry, options):
    """Raises for a value that the model would refuse, before one is made."""
    strengths = strengths_of(entry.model)
    for name in entry.options:
        option, value = OPTIONS[name], options[name]
        if value is None:
            continue
        if isinstance(option.kind, tuple):
            require_one_of(f"`{name}`", value, option.kind)
            continue
        if callable(option.rule):
            option.rule(name, value)
        else:
            strengths[option.rule or name].require(value, name)
        if option.kind is int:
            require_whole(name, value, most=_LARGEST[int])
        else:
            require_finite(name, value, -_LARGEST[float], _LARGEST[float])


def _completed_warm_up(options, typed, steps):
    """β's schedule; without one its start and steps mean nothing."""
    kind = options["beta_schedule"]
    if kind == "constant":
        for name in ("beta_start", "beta_steps"):
            if name in typed:
                raise InvalidValue(
                    f"`{name}` describes a warm-up of β; received {name}="
                    f"{shown(typed[name])} with beta_schedule='constant'. Name linear, "
                    "cosine or cyclic as well."
                )
        return {"beta_start": None, "beta_steps": None}
    if options["beta_steps"] is not None or steps is None:
        return {}
    return {"beta_steps": max(1, steps // (4 if kind == "cyclic" else 2))}


def _warm_up(options):
    kind, beta = options["beta_schedule"], options["beta"]
    if kind == "constant":
        return beta
    made = schedules.SCHEDULES[kind]
    return made(options["beta_start"], beta, options["beta_steps"])
