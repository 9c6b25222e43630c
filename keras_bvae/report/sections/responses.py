"""What each latent answers to: its mean code against every factor."""

from keras_bvae.figures.latent_responses import latent_responses
from keras_bvae.report.blocks import Section, Text
from keras_bvae.report.embedded_picture import embedded_figure


def responses_section(subject):
    """The plot of mean latent activations.

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
