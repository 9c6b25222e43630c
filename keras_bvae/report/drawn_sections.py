"""The sections of a report that are drawn."""

from keras_bvae.datasets.values import an, name_of_many, name_of_one
from keras_bvae.figures.latent_map import latent_map
from keras_bvae.figures.latent_responses import latent_responses
from keras_bvae.figures.model_images import reconstructions, samples
from keras_bvae.figures.training import kl_per_latent, loss_curves
from keras_bvae.figures.traversals import traversal_film, traversals
from keras_bvae.pictures.sheets.contact_sheet import contact_sheet
from keras_bvae.pictures.sheets.representation_sheet import heat_maps, score_maps
from keras_bvae.report.embedded_picture import (
    embedded_figure,
    embedded_film,
    embedded_sheet,
)
from keras_bvae.report.page import Section, Table, Text

# Of a data set with dozens of factors the table would be longer than the report.
_FACTORS_LISTED = 40


def data_section(subject):
    """Summary, factors and a contact sheet.

    Args:
        subject: `Subject`.

    Returns:
        `Section`.
    """
    dataset = subject.dataset
    factors = tuple(zip(dataset.factor_names, dataset.factor_sizes, strict=True))
    blocks = [Text(_summary(dataset))]
    if factors:
        rows = tuple((name, f"{size:,}") for name, size in factors[:_FACTORS_LISTED])
        blocks.append(Table("Factors", ("factor", "classes"), rows, numbers=(1,)))
    sheet = contact_sheet(dataset, seed=subject.seed)
    each = ", then one row a factor, the others held" if factors else ""
    many = name_of_many(dataset).capitalize()
    description = f"{many} of {dataset.name} drawn at random{each}."
    caption = f"Drawn at random{each}."
    blocks.append(embedded_sheet(sheet, description, caption))
    return Section("data", "Data", tuple(blocks))


def _summary(dataset):
    """Line by line, without that of the factors, which a table shows."""
    lines = dataset.summary().splitlines()
    return "\n".join(line for line in lines if not line.startswith("factors:"))


def curves_section(subject):
    """Loss curves and KL per latent, from the run's history.

    Args:
        subject: `Subject`.

    Returns:
        `Section`; a sentence where there is no history.
    """
    blocks = []
    if subject.kept_by is not None:
        blocks.append(Text(f"The curves are in the report of {subject.kept_by}."))
    elif subject.record is None:
        blocks.append(Text("A checkpoint without a run has no history, so no curves."))
    elif subject.history is None:
        blocks.append(Text("The run has logged nothing yet, so no curves."))
    else:
        blocks += _curves(subject.history, name_of_one(subject.dataset))
    return Section("curves", "Curves", tuple(blocks))


def _curves(history, one):
    yield embedded_figure(
        loss_curves(history, title=""),
        "The loss and each of its terms against the training step.",
        f"Loss terms during training, in nats per {one}, each point the mean over the "
        "steps since the last one.",
    )
    yield embedded_figure(
        kl_per_latent(history, title=""),
        "The KL of each latent against the training step.",
        f"What each latent says of {an(one)}, in nats. A latent at 0 is unused.",
    )


def traversals_section(subject):
    """Traversals as a sheet and as an animation.

    Args:
        subject: `Subject`.

    Returns:
        `Section`.
    """
    arguments = subject.model, subject.dataset
    one = name_of_one(subject.dataset)
    still = embedded_sheet(
        traversals(*arguments, seed=subject.seed),
        f"One row a latent: the {one} as that latent goes from one end to the other.",
        "A row sweeps one latent and holds the others, the strongest first. A row that "
        "does not move belongs to a latent that carries nothing.",
    )
    film = embedded_film(
        traversal_film(*arguments, prior=True, seed=subject.seed),
        "All latents swept back and forth, each in a tile of its own.",
        "The same from the mean of the prior, moving: all latents at once.",
    )
    return Section("traversals", "Traversals", (still, film))


def reconstructions_section(subject):
    """Reconstructions of images drawn at random.

    Args:
        subject: `Subject`.

    Returns:
        `Section`.
    """
    many = name_of_many(subject.dataset).capitalize()
    picture = embedded_sheet(
        reconstructions(subject.model, subject.dataset, seed=subject.seed),
        f"{many} of {subject.dataset.name}, each beside its reconstruction.",
        f"{many} drawn at random, and each again through encoder and decoder, from the "
        "mean of its posterior.",
    )
    return Section("reconstructions", "Reconstructions", (picture,))


def samples_section(subject):
    """The decoder's images of codes drawn from the prior.

    Args:
        subject: `Subject`.

    Returns:
        `Section`.
    """
    many = name_of_many(subject.dataset)
    picture = embedded_sheet(
        samples(subject.model, seed=subject.seed),
        f"{many.capitalize()} decoded from random codes.",
        "Codes drawn from the prior N(0, I), decoded. Where they look unlike the data, "
        f"the codes of {many} fill other places than the prior.",
    )
    return Section("samples", "Samples from the prior", (picture,))


def responses_section(subject):
    """The plot of what each latent answers to.

    Args:
        subject: `Subject`.

    Returns:
        `Section`; a sentence where the data set has no factors.
    """
    dataset = subject.dataset
    if dataset.has_factors:
        figure = latent_responses(subject.model, dataset, seed=subject.seed)
        block = embedded_figure(
            figure,
            f"The mean code of each latent against {', '.join(dataset.factor_names)}.",
            "The mean code of each latent, averaged over all other factors: a latent "
            "that answers to one factor alone is flat in every other panel.",
        )
    else:
        text = f"{dataset.name} has no factors, so nothing to plot the latents against."
        block = Text(text)
    return Section("responses", "Latent responses", (block,))


def map_section(subject):
    """The codes of images in the plane of the two strongest latents.

    Args:
        subject: `Subject`.

    Returns:
        `Section`; a sentence where the model has one latent.
    """
    if subject.model.latent_dim < 2:
        block = Text("The model has one latent, so there is no plane to draw.")
    else:
        # Tiles of other things than images are too small to be read here.
        decoded = len(subject.model.image_shape) == 3
        many = name_of_many(subject.dataset)
        figure = latent_map(
            subject.model, subject.dataset, decoded=decoded, seed=subject.seed
        )
        beside = "; and what the decoder makes of the same plane" if decoded else ""
        block = embedded_figure(
            figure,
            f"Codes of {many} of {subject.dataset.name} in the plane of two latents.",
            f"Codes of {many} over the two latents that carry most, a panel a factor"
            f"{beside}. Circles hold 50 % and 95 % of the prior.",
        )
    return Section("map", "Map of the latent space", (block,))


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
        block = embedded_sheet(
            heat_maps(scores),
            "Heat maps of latents by factors.",
            "A row a latent, a column a factor. A disentangled code has one dark cell "
            "in each column, each in a row of its own.",
        )
    return Section("heat-maps", "Heat maps", (block,))
