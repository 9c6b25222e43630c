"""Every loss term and score with how it was computed."""

from keras_bvae.evaluation.result_rows import score_row, term_rows
from keras_bvae.report.blocks import Section, Table, Text

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


def scores_section(subject, measured):
    """Loss terms and scores as tables.

    Args:
        subject: `Subject`.
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
    if not blocks:
        blocks.append(Text("Nothing was measured, as was asked for."))
    if not subject.dataset.has_factors:
        text = f"{subject.dataset.name} has no factors, so no disentanglement score."
        blocks.append(Text(text))
    return Section("scores", "Scores", tuple(blocks))


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
