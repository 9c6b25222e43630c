"""A run in a sentence or two, as one would tell it."""

from keras_bvae.evaluation.duration import duration_text
from keras_bvae.report.objective_formula import objective_formula, strength_values

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
