"""What was run: the numbers to see first, the objective, every setting."""

import dataclasses

from keras_bvae.evaluation.result_rows import score_text
from keras_bvae.report.blocks import Formula, KeyNumbers, Pairs, Section, Text
from keras_bvae.report.description import status_text
from keras_bvae.report.objective_formula import objective_formula, strength_values
from keras_bvae.report.repeat_command import typed_options

# Cards in a row; a fifth score would wrap on most screens.
_SCORES_SHOWN = 4


def run_section(subject, measured):
    """The first section of a report.

    Args:
        subject: `Subject`.
        measured: `Measured`.

    Returns:
        `Section`.
    """
    formula = objective_formula(subject.model)
    values = ", ".join(
        f"{letter} = {value:g}" for letter, value in strength_values(subject.model)
    )
    blocks = [
        Text(status_text(subject)),
        KeyNumbers(key_numbers(measured)),
        Text(f"{_minimised(subject)}, in nats per image:"),
        Formula(formula.markup, values),
        Text(" ".join(filter(None, (formula.purpose, _sentence(formula.source))))),
    ]
    if subject.record is not None:
        blocks.append(_settings(subject.settings))
    blocks = [block for block in blocks if block != KeyNumbers(())]
    return Section("run", "What was run", tuple(blocks))


def key_numbers(measured):
    """The few numbers that sum a model up: `(name, value, note)` each."""
    numbers = []
    if measured.results is not None:
        terms = measured.results
        active = len(terms["active_latents"])
        numbers += [
            ("reconstruction", _nats_text(terms["reconstruction"]), "nats per image"),
            ("KL", _nats_text(terms["kl"]), "nats per image"),
            ("active latents", str(active), f"of {len(terms['kl_of_each_latent'])}"),
        ]
    # Where a score was measured twice the published protocol is the last.
    by_label = {score["label"]: score for score, *_ in measured.scores}
    for label, score in list(by_label.items())[:_SCORES_SHOWN]:
        numbers.append((label, score_text(score), score["protocol"]))
    return tuple(numbers)


def _nats_text(value):
    """Short enough for a card: large colour images have tens of thousands of nats."""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.2f}"


def _minimised(subject):
    if subject.record is None:
        # A converted file may have been trained by another program for another goal.
        return "What this model minimises if it is trained on"
    return "What was minimised"


def _settings(settings):
    typed, preset = typed_options(settings)
    if preset is not None:
        typed = {**typed, "preset": preset}
    names = [field.name for field in dataclasses.fields(settings)]
    values = {name: getattr(settings, name) for name in names}
    pairs = tuple(
        (name.replace("_", "-"), _value_text(value), name in typed)
        for name, value in values.items()
        if value is not None
    )
    of_preset = f" of the preset {preset}" if preset is not None else ""
    return Pairs(f"Settings; bold ones differ from the defaults{of_preset}", pairs)


def _value_text(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _sentence(source):
    return f"Source: {source}." if source else ""
