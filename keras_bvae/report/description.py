"""What each objective minimises: its formula, what it is for, who proposed it."""

from dataclasses import dataclass

from markupsafe import Markup

from keras_bvae import models
from keras_bvae.evaluation.result_rows import duration_text

_RECONSTRUCTION = "E<sub>q(z|x)</sub>[−log p(x|z)]"
_KL = "KL(q(z|x) ‖ N(0, I))"
_ELBO = f"{_RECONSTRUCTION} + {_KL}"
_LETTERS = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "capacity": "C",
    "lambda_od": "λ_od",
    "lambda_d": "λ_d",
    "lambda_mmd": "λ",
}


@dataclass(frozen=True)
class ObjectiveFormula:
    """An entry of the table.

    Attributes:
        name: str, what papers call it.
        markup: Markup, what is minimised, in nats.
        purpose: str, a sentence: what the extra term is for.
        source: str.
    """

    name: str
    markup: Markup
    purpose: str
    source: str


_FORMULAS = {
    models.AdaGVAE: (
        "Ada-GVAE",
        f"{_RECONSTRUCTION} + β · {_KL}, averaged over the two images of a pair",
        "It sees pairs of images; latents that a pair seems to share get one "
        "posterior, the average of both.",
        "Locatello et al. 2020, arXiv:2002.02886",
    ),
    models.BetaVAE: (
        "β-VAE",
        f"{_RECONSTRUCTION} + β · {_KL}",
        "β above 1 makes every nat of information in the latents cost more, so only "
        "what helps the reconstruction most is kept. β = 1 is the VAE.",
        "Higgins et al. 2017",
    ),
    models.AnnealedVAE: (
        "annealed VAE",
        f"{_RECONSTRUCTION} + γ · |{_KL} − C|",
        "The KL is held at C nats while C rises, so factors enter the code one by one.",
        "Burgess et al. 2018, arXiv:1804.03599",
    ),
    models.BetaTCVAE: (
        "β-TCVAE",
        f"{_RECONSTRUCTION} + α · I(z; x) + β · TC(z) + γ · "
        "Σ<sub>j</sub> KL(q(z<sub>j</sub>) ‖ p(z<sub>j</sub>))",
        "Of the three parts of the KL only the total correlation, how far the latents "
        "depend on each other, is weighed up.",
        "Chen et al. 2018, arXiv:1802.04942",
    ),
    models.FactorVAE: (
        "FactorVAE",
        f"{_ELBO} + γ · TC(z)",
        "A discriminator estimates the total correlation, how far the latents depend "
        "on each other, and γ makes it cost more.",
        "Kim & Mnih 2018, arXiv:1802.05983",
    ),
    models.DIPVAE: (
        "DIP-VAE",
        f"{_ELBO} + λ<sub>od</sub> · Σ<sub>i≠j</sub> Cov<sub>ij</sub>² + "
        "λ<sub>d</sub> · Σ<sub>i</sub> (Cov<sub>ii</sub> − 1)²",
        "The covariance of the codes over a batch is pressed towards the identity.",
        "Kumar et al. 2018, arXiv:1711.00848",
    ),
    models.InfoVAE: (
        "InfoVAE",
        f"{_RECONSTRUCTION} + (1 − α) · {_KL} + (α + λ − 1) · MMD²(q(z) ‖ N(0, I))",
        "All codes together are held to the prior, each single one less: α = 1 leaves "
        "the KL out.",
        "Zhao et al. 2017, arXiv:1706.02262",
    ),
}


def objective_formula(model):
    """The entry of a model's class, or of the nearest class that it derives from.

    Args:
        model: `VariationalAutoencoder`.

    Returns:
        `ObjectiveFormula`.
    """
    for kind in type(model).__mro__:
        if kind in _FORMULAS:
            name, markup, purpose, source = _FORMULAS[kind]
            if kind is not type(model):
                name = f"{type(model).__name__}, a kind of {name}"
            if kind is models.DIPVAE:
                name = f"DIP-VAE-{model.variant.upper()}"
            return ObjectiveFormula(name, Markup(markup), purpose, source)
    return ObjectiveFormula(
        type(model).__name__,
        Markup(f"{_ELBO} + …"),
        "It is an objective of its own, defined outside this library.",
        "",
    )


def strength_values(model):
    """What the formula's letters stand at now: `(letter, value)` each."""
    return [
        (_LETTERS.get(name, name), float(getattr(model, name)))
        for name in models.strengths_of(type(model))
    ]


_STATUS = {
    "finished": "The run is finished.",
    "running": "The run is under way, or was killed: this is its last checkpoint.",
    "interrupted": "The run was interrupted at step {step:,} of {steps:,}.",
    "diverged": "The loss became NaN or infinite; this is the last good checkpoint, of "
    "step {step:,}.",
}


def description(subject):
    """What was trained on what, for how long, and on which machine.

    Args:
        subject: `keras_bvae.report.Subject`.

    Returns:
        str.
    """
    words = _model_words(subject.model)
    who = f"{'An' if words[0] in 'AEIOUaeiou' else 'A'} {words}"
    if subject.record is None:
        return f"{who}, shown on {subject.dataset.name}."
    record, settings = subject.record, subject.settings
    what = f"trained on {subject.dataset.name}"
    if settings.data != subject.dataset.name:
        what = f"trained on {settings.data}, shown on {subject.dataset.name}"
    unit = "pairs of images" if subject.model.trains_on_pairs else "images"
    return (
        f"{who} with the network {settings.network}, {what}: "
        f"{record['step']:,} steps of {settings.batch_size} {unit} in "
        f"{duration_text(record['seconds'])} with Keras on {record['backend']} "
        f"({record['device']})."
    )


def status_text(subject):
    """How the run ended, a sentence; or that there is none."""
    if subject.kept_by is not None:
        return (
            f"This checkpoint of step {int(subject.model.step):,} was kept by the run "
            f"{subject.kept_by}, whose own report has its settings and curves."
        )
    if subject.record is None:
        return (
            "This is a checkpoint without a run: how it was trained is not recorded, "
            "and there are no curves."
        )
    record = subject.record
    text = _STATUS.get(record["status"], "Its status is {status}.").format(
        step=record["step"], steps=subject.settings.steps, status=record["status"]
    )
    resumed = [f"{stretch['step']:,}" for stretch in record.get("resumed", [])]
    if resumed:
        text += f" It was resumed from step {' and '.join(resumed)}."
    return text


def _model_words(model):
    strengths = ", ".join(
        f"{name} = {value:g}" for name, value in strength_values(model)
    )
    strengths = f" ({strengths})" if strengths else ""
    return f"{objective_formula(model).name}{strengths} of {model.latent_dim} latents"
