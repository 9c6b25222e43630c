"""The objectives of a run by name, and their options: one table of each.

Another objective is its class in `models/` and an entry here; an option that none had
before is an entry too. `Settings` makes a field of each option, the options' rules are
checked before a model is made, and the report takes its formulas from here.
`cli/kbvae/names.py` repeats what `kbvae train --help` says, for it must not import
Keras; a test compares the two.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from keras_bvae import models
from keras_bvae.losses.maximum_mean_discrepancy import require_bandwidth
from keras_bvae.losses.minibatch_decomposition import ESTIMATORS
from keras_bvae.models.aggregate_posterior_vaes import LAMBDA_D_RATIO
from keras_bvae.rules import require_finite, require_whole
from keras_bvae.schedules import SCHEDULES, require_steps


@dataclass(frozen=True)
class Option:
    """What a user may set, of whichever objectives have it.

    Attributes:
        kind: float, int, or a tuple of the words to choose from.
        help: str, a sentence for `kbvae train --help`.
        letter: str, what formulas call it; "" where they do not.
        rule: function `(name, value)` that raises for a bad value; or the name of the
            model's strength whose rule it is. None: the strength of the option's own
            name, and words are their own rule.
        is_the_models: bool, whether the model's class takes it; else it describes a
            schedule, the second optimizer or the data.
    """

    kind: type | tuple
    help: str
    letter: str = ""
    rule: Callable | str | None = None
    is_the_models: bool = True


@dataclass(frozen=True)
class Objective:
    """What an objective is called, made of and for.

    Attributes:
        model: class of `keras_bvae.models`.
        options: dict, names in `OPTIONS` with defaults; the first one is the strength
            that a run is named after. None: the model's own default, or worked out.
        title: str, what papers call it.
        formula: str, HTML: what is minimised, in nats.
        purpose: str, a sentence: what the extra term is for.
        source: str.
        fixed: dict, further arguments of the class.
        worked_out: dict by option: function `(options, steps, learning_rate)` of what
            the run has, which gives what nobody typed.
    """

    model: type
    options: dict
    title: str
    formula: str
    purpose: str
    source: str
    fixed: dict = field(default_factory=dict)
    worked_out: dict = field(default_factory=dict)


def _require_steps(name, value):
    require_steps(**{name: value})


def _require_rate(name, value):
    require_finite(name, value, above=0, advice="The paper uses 1e-4.")


def _require_changed(name, value):
    advice = "1 changes one factor of each pair, 0 a number drawn anew for each pair."
    require_whole(name, value, least=0, advice=advice)


# In the order of a run's record.
OPTIONS = {
    "beta": Option(float, "Weight of the KL, or of the total correlation.", "β"),
    "beta_schedule": Option(tuple(SCHEDULES), "Warm-up of β.", is_the_models=False),
    "beta_start": Option(
        float, "β where the warm-up begins.", rule="beta", is_the_models=False
    ),
    "beta_steps": Option(
        int,
        "Steps of the warm-up (half the run), or of a cycle.",
        rule=_require_steps,
        is_the_models=False,
    ),
    "alpha": Option(
        float, "Weight of the mutual information; share of KL left out.", "α"
    ),
    "gamma": Option(
        float, "Weight of |KL - C|, of the rest of the KL, or of the TC.", "γ"
    ),
    "capacity": Option(float, "KL in nats that is aimed at in the end.", "C"),
    "capacity_steps": Option(
        int,
        "Steps in which it gets there; else the whole run.",
        rule=_require_steps,
        is_the_models=False,
    ),
    "estimator": Option(tuple(ESTIMATORS), "Of densities in a batch."),
    "discriminator_learning_rate": Option(
        float, "Else --learning-rate.", rule=_require_rate, is_the_models=False
    ),
    "lambda_od": Option(
        float, "Weight of covariances off the diagonal, squared.", "λ_od"
    ),
    "lambda_d": Option(
        float, "Of variances off 1, squared; else 10 λ_od (I), λ_od (II).", "λ_d"
    ),
    "lambda_mmd": Option(float, "λ: the MMD counts alpha + λ - 1 times.", "λ"),
    "bandwidth": Option(
        float,
        "Of the MMD's kernel; else σ² = latents² / 2.",
        rule=lambda name, value: require_bandwidth(value),
    ),
    "changed_factors": Option(
        int,
        "Factors that differ in a pair; 0: drawn anew.",
        rule=_require_changed,
        is_the_models=False,
    ),
}

_WARM_UP = {"beta_schedule": "constant", "beta_start": 0.0, "beta_steps": None}
# What the formulas are made of.
_RECONSTRUCTION = "E<sub>q(z|x)</sub>[−log p(x|z)]"
_KL = "KL(q(z|x) ‖ N(0, I))"
ELBO = f"{_RECONSTRUCTION} + {_KL}"


def _dip_vae(variant):
    """The entry of one of the two DIP-VAEs."""

    def lambda_d(options, steps, learning_rate):
        return LAMBDA_D_RATIO[variant] * options["lambda_od"]

    return Objective(
        models.DIPVAE,
        {"lambda_od": 10.0, "lambda_d": None},
        f"DIP-VAE-{variant.upper()}",
        f"{ELBO} + λ<sub>od</sub> · Σ<sub>i≠j</sub> Cov<sub>ij</sub>² + "
        "λ<sub>d</sub> · Σ<sub>i</sub> (Cov<sub>ii</sub> − 1)²",
        "The covariance of the codes over a batch is pressed towards the identity.",
        "Kumar et al. 2018, arXiv:1711.00848",
        fixed={"variant": variant},
        worked_out={"lambda_d": lambda_d},
    )


# Defaults are the papers' or lie in the range of Locatello et al. 2019, appendix.
OBJECTIVES = {
    "beta_vae": Objective(
        models.BetaVAE,
        {"beta": 4.0, **_WARM_UP},
        "β-VAE",
        f"{_RECONSTRUCTION} + β · {_KL}",
        "β above 1 makes every nat of information in the latents cost more, so only "
        "what helps the reconstruction most is kept. β = 1 is the VAE.",
        "Higgins et al. 2017",
    ),
    "annealed_vae": Objective(
        models.AnnealedVAE,
        {"capacity": 25.0, "gamma": 1000.0, "capacity_steps": None},
        "annealed VAE",
        f"{_RECONSTRUCTION} + γ · |{_KL} − C|",
        "The KL is held at C nats while C rises, so factors enter the code one by one.",
        "Burgess et al. 2018, arXiv:1804.03599",
        worked_out={"capacity_steps": lambda options, steps, learning_rate: steps},
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
        "β-TCVAE",
        f"{_RECONSTRUCTION} + α · I(z; x) + β · TC(z) + γ · "
        "Σ<sub>j</sub> KL(q(z<sub>j</sub>) ‖ p(z<sub>j</sub>))",
        "Of the three parts of the KL only the total correlation, how far the latents "
        "depend on each other, is weighed up.",
        "Chen et al. 2018, arXiv:1802.04942",
    ),
    "factor_vae": Objective(
        models.FactorVAE,
        {"gamma": 10.0, "discriminator_learning_rate": None},
        "FactorVAE",
        f"{ELBO} + γ · TC(z)",
        "A discriminator estimates the total correlation, how far the latents depend "
        "on each other, and γ makes it cost more.",
        "Kim & Mnih 2018, arXiv:1802.05983",
        # The paper gives both the same rate; a slower discriminator is fooled, not
        # followed.
        worked_out={
            "discriminator_learning_rate": lambda options, steps, learning_rate: (
                learning_rate
            )
        },
    ),
    "dip_vae_i": _dip_vae("i"),
    "dip_vae_ii": _dip_vae("ii"),
    "info_vae": Objective(
        models.InfoVAE,
        {"lambda_mmd": 1000.0, "alpha": 1.0, "bandwidth": None},
        "InfoVAE",
        f"{_RECONSTRUCTION} + (1 − α) · {_KL} + (α + λ − 1) · MMD²(q(z) ‖ N(0, I))",
        "All codes together are held to the prior, each single one less: α = 1 leaves "
        "the KL out.",
        "Zhao et al. 2017, arXiv:1706.02262",
    ),
    "ada_gvae": Objective(
        models.AdaGVAE,
        {"beta": 1.0, "changed_factors": 1, **_WARM_UP},
        "Ada-GVAE",
        f"{_RECONSTRUCTION} + β · {_KL}, averaged over the two images of a pair",
        "It sees pairs of images; latents that a pair seems to share get one "
        "posterior, the average of both.",
        "Locatello et al. 2020, arXiv:2002.02886",
    ),
}
