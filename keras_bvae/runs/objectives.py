"""The objectives of a run by name: their options, defaults, and the model they make."""

import dataclasses

from keras_bvae import models, schedules
from keras_bvae.errors import InvalidValue
from keras_bvae.losses import ESTIMATORS, require_bandwidth
from keras_bvae.models.aggregate_posterior_vaes import LAMBDA_D_RATIO
from keras_bvae.rules import require_one_of

_WARM_UP = {"beta_schedule": "constant", "beta_start": 0.0, "beta_steps": None}


@dataclasses.dataclass(frozen=True)
class Objective:
    """One entry of the table.

    Attributes:
        model: class of `keras_bvae.models`.
        options: dict of what a user may type, with defaults; the first one is the
            strength that a run is named after. None: worked out from the run.
        fixed: further arguments of the class.
    """

    model: type
    options: dict
    fixed: dict = dataclasses.field(default_factory=dict)


# Defaults are the papers' or lie in the range of Locatello et al. 2019, appendix.
OBJECTIVES = {
    "beta_vae": Objective(models.BetaVAE, {"beta": 4.0, **_WARM_UP}),
    "annealed_vae": Objective(
        models.AnnealedVAE,
        {"capacity": 25.0, "gamma": 1000.0, "capacity_steps": None},
    ),
    "beta_tc_vae": Objective(
        models.BetaTCVAE,
        {
            "beta": 6.0,
            "alpha": 1.0,
            "gamma": 1.0,
            "estimator": "minibatch_stratified",
            **_WARM_UP,
        },
    ),
    "factor_vae": Objective(
        models.FactorVAE, {"gamma": 10.0, "discriminator_learning_rate": None}
    ),
    "dip_vae_i": Objective(
        models.DIPVAE, {"lambda_od": 10.0, "lambda_d": None}, {"variant": "i"}
    ),
    "dip_vae_ii": Objective(
        models.DIPVAE, {"lambda_od": 10.0, "lambda_d": None}, {"variant": "ii"}
    ),
    "info_vae": Objective(
        models.InfoVAE, {"lambda_mmd": 1000.0, "alpha": 1.0, "bandwidth": None}
    ),
    "ada_gvae": Objective(
        models.AdaGVAE, {"beta": 1.0, "changed_factors": 1, **_WARM_UP}
    ),
}

# Every option of any objective.
OPTIONS = tuple(dict.fromkeys(name for o in OBJECTIVES.values() for name in o.options))


def complete_options(objective, typed, steps, learning_rate=1e-4):
    """The options of a run: what was typed, and defaults for the rest.

    Args:
        objective: one of `OBJECTIVES`.
        typed: dict by `OPTIONS`; None where nothing was typed.
        steps: int, the run's steps: a capacity rises over all of them, β warms up over
            half of them, a cycle takes a quarter.
        learning_rate: float, the autoencoder's, for the discriminator too: the paper
            gives both the same, and a slower discriminator is fooled, not followed.

    Returns:
        dict by `OPTIONS`; None for those of other objectives.

    Raises:
        ValueError: an unknown objective, an option of another one, a bad value.
    """
    require_one_of("`objective`", objective, OBJECTIVES)
    own = OBJECTIVES[objective].options
    typed = {name: value for name, value in typed.items() if value is not None}
    for name in typed:
        if name not in own:
            owners = [o for o, entry in OBJECTIVES.items() if name in entry.options]
            raise InvalidValue(
                f"`{name}` is an option of {', '.join(owners)}; received "
                f"{name}={typed[name]!r} with objective={objective!r}, whose options "
                f"are {', '.join(own)}. Leave it out, or name another objective."
            )
    options = {**dict.fromkeys(OPTIONS), **own, **typed}
    worked_out = {
        "capacity_steps": steps,
        "discriminator_learning_rate": learning_rate,
    }
    if "lambda_d" in own:
        ratio = LAMBDA_D_RATIO[OBJECTIVES[objective].fixed["variant"]]
        worked_out["lambda_d"] = ratio * options["lambda_od"]
    for name, value in worked_out.items():
        if name in own and options[name] is None:
            options[name] = value
    if "beta_schedule" in own:
        options |= _completed_warm_up(options, typed, steps)
    _require_valid(objective, options)
    return options


def make_model(objective, options, encoder, decoder, dataset_size, **arguments):
    """The compiled-less model of an objective.

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
    strengths = {
        name: value
        for name, value in options.items()
        if name in entry.options and name not in _NOT_THE_MODELS
    }
    if "beta_schedule" in entry.options:
        strengths["beta"] = _warm_up(options)
    if "capacity_steps" in entry.options:
        strengths["capacity"] = schedules.Linear(
            0.0, options["capacity"], options["capacity_steps"]
        )
    if entry.model is models.BetaTCVAE:
        strengths["dataset_size"] = dataset_size
    return entry.model(encoder, decoder, **strengths, **entry.fixed, **arguments)


# They describe a schedule, the second optimizer or the data.
_NOT_THE_MODELS = (
    "beta_schedule",
    "beta_start",
    "beta_steps",
    "capacity_steps",
    "discriminator_learning_rate",
    "changed_factors",
)


def _completed_warm_up(options, typed, steps):
    """β's schedule; without one its start and steps mean nothing."""
    kind = options["beta_schedule"]
    require_one_of("`beta_schedule`", kind, schedules.SCHEDULES)
    if kind == "constant":
        for name in ("beta_start", "beta_steps"):
            if name in typed:
                raise InvalidValue(
                    f"`{name}` describes a warm-up of β; received {name}="
                    f"{typed[name]!r} with beta_schedule='constant'. Name linear, "
                    "cosine or cyclic as well."
                )
        return {"beta_start": None, "beta_steps": None}
    if options["beta_steps"] is not None:
        return {}
    return {"beta_steps": max(1, steps // (4 if kind == "cyclic" else 2))}


def _warm_up(options):
    kind, beta = options["beta_schedule"], options["beta"]
    if kind == "constant":
        return beta
    made = schedules.SCHEDULES[kind]
    return made(options["beta_start"], beta, options["beta_steps"])


def _require_valid(objective, options):
    """Raises for a value that the model would refuse, before one is made."""
    strengths = models.strengths_of(OBJECTIVES[objective].model)
    for name, strength in strengths.items():
        strength.require(options[name])
    if options["beta_start"] is not None:
        strengths["beta"].require(options["beta_start"], "beta_start")
    for name in ("capacity_steps", "beta_steps"):
        if options[name] is not None:
            schedules.require_steps(**{name: options[name]})
    if options["estimator"] is not None:
        require_one_of("`estimator`", options["estimator"], ESTIMATORS)
    require_bandwidth(options["bandwidth"])
    rate = options["discriminator_learning_rate"]
    if rate is not None and not 0 < rate < float("inf"):
        raise InvalidValue(
            "`discriminator_learning_rate` must be a finite number > 0; received "
            f"discriminator_learning_rate={rate!r}. The paper uses 1e-4."
        )
    changed = options["changed_factors"]
    if changed is not None and (not isinstance(changed, int) or changed < 0):
        raise InvalidValue(
            "`changed_factors` must be a whole number >= 0; received "
            f"changed_factors={changed!r}. 1 changes one factor of each pair, 0 a "
            "number drawn anew for each pair."
        )
