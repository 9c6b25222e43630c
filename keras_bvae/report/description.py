"""What was run, in words: the objective and its formula, the training, how it ended."""

from dataclasses import dataclass

from markupsafe import Markup

from keras_bvae.datasets.values import name_of_many
from keras_bvae.evaluation.result_rows import duration_text
from keras_bvae.models import strengths_of
from keras_bvae.runs.objectives import ELBO, OBJECTIVES, OPTIONS

_STATUS = {
    "finished": "The run is finished.",
    "running": "The run is under way, or was killed: this is its last checkpoint.",
    "interrupted": "The run was interrupted at step {step:,} of {steps:,}.",
    "failed": "The run failed after step {step:,} of {steps:,}: {reason}",
    "diverged": "The loss became NaN or infinite; this is the last good checkpoint, of "
    "step {step:,}.",
}


@dataclass(frozen=True)
class ObjectiveFormula:
    """What a model minimises.

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


def objective_formula(model):
    """The formula of a model's class, or of the nearest class that it derives from.

    Args:
        model: `VariationalAutoencoder`.

    Returns:
        `ObjectiveFormula`.
    """
    own = type(model).__name__
    for kind in type(model).__mro__:
        for entry in OBJECTIVES.values():
            if entry.model is kind and _has(model, entry.fixed):
                is_own = kind is type(model)
                name = entry.title if is_own else f"{own}, a kind of {entry.title}"
                formula = Markup(entry.formula)
                return ObjectiveFormula(name, formula, entry.purpose, entry.source)
    return ObjectiveFormula(
        own,
        Markup(f"{ELBO} + …"),
        "It is an objective of its own, defined outside this library.",
        "",
    )


def _has(model, arguments):
    return all(getattr(model, name) == value for name, value in arguments.items())


def strength_values(model):
    """What the formula's letters stand at now: `(letter, value)` each.

    σ too where training moves it.
    """
    values = [
        (_letter(name), float(getattr(model, name)))
        for name in strengths_of(type(model))
    ]
    if isinstance(model.gaussian_scale, str):
        values.append(("σ", model.current_scale))
    return values


def _letter(name):
    return (name in OPTIONS and OPTIONS[name].letter) or name


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
    unit = name_of_many(subject.dataset)
    unit = f"pairs of {unit}" if subject.model.trains_on_pairs else unit
    return (
        f"{who} with the network {settings.network}, {what}: "
        f"{record['step']:,} steps of {settings.batch_size} {unit} in "
        f"{duration_text(record['seconds'])} with Keras on {record['backend']} "
        f"({record['device']})."
    )


def status_text(subject):
    """How the run ended, a sentence; or that there is none."""
    if subject.is_best:
        return (
            f"This checkpoint of step {int(subject.model.step):,} has the least "
            f"validation loss of the run {subject.kept_by}, whose own report has its "
            "settings and curves."
        )
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
        step=record["step"],
        steps=subject.settings.steps,
        status=record["status"],
        reason=record.get("reason", "why is not recorded."),
    )
    resumed = [f"{stretch['step']:,}" for stretch in record.get("resumed", [])]
    if resumed:
        text += f" It was resumed from step {' and '.join(resumed)}."
    return " ".join([text, *_further(record)])


def _further(record):
    """What a run began with, how it chose its end, and which state was the best."""
    if "init_from" in record:
        origin = record["init_from"]
        step = f" of step {origin['step']:,}" if "step" in origin else ""
        yield (
            f"It began with the weights{step} of {origin['path']} "
            f"(SHA-256 {origin['weights_sha256'][:12]}…)."
        )
    if "stopped_early" in record:
        stop = record["stopped_early"]
        kind = "validation" if stop.get("loss") == "val_loss" else "training"
        yield (
            f"Early stopping ended it at step {stop['step']:,}: the {kind} loss had "
            f"not become less for {stop['rounds']} rounds."
        )
    if "best" in record:
        best = record["best"]
        yield (
            f"Its least validation loss, {best['val_loss']:.2f} nats, is that of step "
            f"{best['step']:,}, whose state is in best.keras."
        )


def _model_words(model):
    strengths = ", ".join(
        f"{name} = {value:g}" for name, value in strength_values(model)
    )
    strengths = f" ({strengths})" if strengths else ""
    return f"{objective_formula(model).name}{strengths} of {model.latent_dim} latents"
