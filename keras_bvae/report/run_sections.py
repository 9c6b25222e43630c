"""The sections of a report that tell numbers: the run, its scores, what it ran on."""

import dataclasses

from keras_bvae.datasets.values import name_of_many, name_of_one, names_of_kind
from keras_bvae.evaluation.result_rows import (
    duration_text,
    score_row,
    score_text,
    term_rows,
)
from keras_bvae.report.description import (
    objective_formula,
    status_text,
    strength_values,
)
from keras_bvae.report.page import Formula, KeyNumbers, Pairs, Section, Table, Text
from keras_bvae.report.repeat_section import typed_options
from keras_bvae.runs import environment

# Cards in a row; a fifth score would wrap on most screens.
_SCORES_SHOWN = 4
_UNPROVEN = (
    "Scores that a version before 0.6 recorded are left out: it did not record of "
    "which weights they are. kbvae evaluate measures them again."
)
# What the number says, in the fewest words; docs/metrics.md has more.
_MEANINGS = {
    "beta_vae": "share of sets of pairs whose common factor a linear classifier names",
    "factor_vae": "share of batches whose fixed factor the steadiest latent names",
    "mig": "lead of a factor's best latent over its second best, by information",
    "dci": "1 if each latent matters to one factor only",
    "quick_dci": "1 if each latent matters to one factor only",
    "sap": "lead of a factor's best latent over its second best, by prediction",
    "modularity": "1 if each latent tells one factor only",
    "explicitness": "how well a linear classifier reads each factor; chance is 0.5",
    "irs": "1 if other factors do not move a latent",
    "unsupervised": "0 if the latents are independent; in nats, needs no factors",
    "active_units": "latents whose mean moves by more than a hundredth in variance",
}


def run_section(subject, measured):
    """The first section of a report.

    Args:
        subject: `OpenedRun`.
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
        Text(f"{_minimised(subject)}, in nats per {name_of_one(subject.dataset)}:"),
        Formula(formula.markup, values),
        Text(" ".join(filter(None, (formula.purpose, _sentence(formula.source))))),
    ]
    if subject.record is not None:
        blocks.append(_settings(subject.settings))
    blocks = [block for block in blocks if block != KeyNumbers(())]
    return Section("run", "What was run", tuple(blocks))


def scores_section(subject, measured):
    """Loss terms and scores as tables.

    Args:
        subject: `OpenedRun`.
        measured: `Measured`.

    Returns:
        `Section`.
    """
    blocks = []
    if measured.results is not None:
        blocks.append(
            Table(
                "Loss terms and what goes with them",
                ("term", "value", "note"),
                tuple(term_rows(measured.results)),
                numbers=(1,),
            )
        )
    if measured.scores:
        blocks += _scores(measured)
    blocks += [
        Text(f"{label} was not measured. {reason}")
        for label, reason in measured.refused
    ]
    if subject.has_unproven_scores:
        blocks.append(Text(_UNPROVEN))
    if not blocks:
        blocks.append(Text("Nothing was measured, as was asked for."))
    if not subject.dataset.has_factors:
        text = f"{subject.dataset.name} has no factors, so no disentanglement score."
        blocks.append(Text(text))
    return Section("scores", "Scores", tuple(blocks))


def versions_section(subject):
    """The machine and the software of the run, and of this report.

    Args:
        subject: `OpenedRun`.

    Returns:
        `Section`.
    """
    here = environment()
    if subject.record is None:
        table = Table("This report", ("", ""), tuple(_rows(here).items()))
        return Section("versions", "Versions", (table,))
    record = subject.record
    times = (
        ("started", _time_text(record["started"])),
        ("time in training", duration_text(record["seconds"])),
        *_speed(record, subject.settings.batch_size, name_of_many(subject.dataset)),
    )
    run, report = _rows(record), _rows(here)
    rows = tuple(
        (name, run.get(name, "–"), report.get(name, "–")) for name in {**run, **report}
    )
    blocks = (
        Table("Time", ("", ""), times),
        Table("Machine and software", ("", "the run", "this report"), rows),
    )
    return Section("versions", "Versions", blocks)


def key_numbers(measured):
    """The few numbers that sum a model up: `(name, value, note)` each."""
    numbers = []
    if measured.results is not None:
        terms = measured.results
        active = len(terms["active_latents"])
        unit = f"nats per {names_of_kind(terms.get('kind', 'images'))[0]}"
        numbers += [
            ("reconstruction", _nats_text(terms["reconstruction"]), unit),
            ("KL", _nats_text(terms["kl"]), unit),
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


def _scores(measured):
    rows = []
    for score, origin, codes in measured.scores:
        label, value, note = score_row(score, codes)
        meaning = _MEANINGS.get(score["metric"], "")
        rows.append((label, value, meaning, f"{note}; measured {origin}"))
    yield Table(
        "Scores", ("score", "value", "what it says", "protocol"), tuple(rows), (1,)
    )
    if any(score["protocol"] == "custom" for score, *_ in measured.scores):
        yield Text(
            "Protocol custom: on fewer images or points than a published protocol asks "
            "for, so these numbers do not compare with those of papers. kbvae evaluate "
            "measures by a published protocol, and the next report shows it."
        )


def _rows(environment):
    return {
        "backend": environment["backend"],
        "device": environment["device"],
        "platform": environment["platform"],
        **environment["versions"],
    }


def _speed(record, batch_size, many):
    if not record["seconds"] or not record["step"]:
        return []
    rate = batch_size * record["step"] / record["seconds"]
    return [(f"{many} a second", f"{rate:,.0f}")]


def _time_text(moment):
    """2026-11-21T23:43:30+00:00 as 2026-11-21 23:43 UTC."""
    return f"{moment[:10]} {moment[11:16]} UTC"
