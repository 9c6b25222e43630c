"""How training went: the loss and its terms, and the KL of each latent."""

from keras_bvae.figures.training_curves import kl_per_latent, loss_curves
from keras_bvae.report.blocks import Section, Text
from keras_bvae.report.embedded_picture import embedded_figure


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
        blocks += _curves(subject.history)
    return Section("curves", "Curves", tuple(blocks))


def _curves(history):
    yield embedded_figure(
        loss_curves(history, title=""),
        "The loss and each of its terms against the training step.",
        "Loss terms during training, in nats per image, each point the mean over the "
        "steps since the last one.",
    )
    yield embedded_figure(
        kl_per_latent(history, title=""),
        "The KL of each latent against the training step.",
        "What each latent says of an image, in nats. A latent at 0 is unused.",
    )
