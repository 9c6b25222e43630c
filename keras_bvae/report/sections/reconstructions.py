"""Images beside what the model makes of them."""

from keras_bvae.figures.reconstructions import reconstruction_page
from keras_bvae.report.blocks import Section
from keras_bvae.report.embedded_picture import embedded_page


def reconstructions_section(subject):
    """Reconstructions of images drawn at random.

    Args:
        subject: `Subject`.

    Returns:
        `Section`.
    """
    page = reconstruction_page(subject.model, subject.dataset, seed=subject.seed)
    picture = embedded_page(
        page,
        f"Images of {subject.dataset.name}, each beside its reconstruction.",
        "Images drawn at random, and each again through encoder and decoder, from the "
        "mean of its posterior.",
    )
    return Section("reconstructions", "Reconstructions", (picture,))
