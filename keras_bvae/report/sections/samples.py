"""Images that the model makes up."""

from keras_bvae.figures.samples import sample_page
from keras_bvae.report.blocks import Section
from keras_bvae.report.embedded_picture import embedded_page


def samples_section(subject):
    """The decoder's images of codes drawn from the prior.

    Args:
        subject: `Subject`.

    Returns:
        `Section`.
    """
    page = sample_page(subject.model, seed=subject.seed)
    picture = embedded_page(
        page,
        "Images decoded from random codes.",
        "Codes drawn from the prior N(0, I), decoded. Where they look unlike the data, "
        "the codes of images fill other places than the prior.",
    )
    return Section("samples", "Samples from the prior", (picture,))
