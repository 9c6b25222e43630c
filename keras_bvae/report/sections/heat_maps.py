"""Which latent tells which factor, as heat maps."""

from keras_bvae import figures
from keras_bvae.pictures.plots import score_maps
from keras_bvae.report.blocks import Section, Text
from keras_bvae.report.embedded_picture import embedded_figure


def heat_maps_section(subject, measured):
    """The tables of latents by factors in the scores, drawn.

    Args:
        subject: `Subject`.
        measured: `Measured`.

    Returns:
        `Section`; a sentence where no score has such a table.
    """
    scores = [score for score, _, codes in measured.scores if codes == "means"]
    if not subject.dataset.has_factors:
        text = f"{subject.dataset.name} has no factors, so no heat map."
        block = Text(text)
    elif not score_maps(scores):
        block = Text("Neither MIG nor DCI was measured, so there is no heat map.")
    else:
        block = embedded_figure(
            figures.heat_maps(scores),
            "Heat maps of latents by factors.",
            "A row a latent, a column a factor. A disentangled code has one dark cell "
            "in each column, each in a row of its own.",
            vector=False,
        )
    return Section("heat-maps", "Heat maps", (block,))
