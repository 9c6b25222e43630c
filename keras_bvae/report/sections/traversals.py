"""What each latent does, still and moving."""

from keras_bvae.figures.traversals import traversal_film, traversal_page
from keras_bvae.report.blocks import Section
from keras_bvae.report.embedded_picture import embedded_film, embedded_page


def traversals_section(subject):
    """Traversals as a picture and as an animation.

    Args:
        subject: `Subject`.

    Returns:
        `Section`.
    """
    arguments = subject.model, subject.dataset
    still = embedded_page(
        traversal_page(*arguments, seed=subject.seed),
        "One row a latent: the image as that latent goes from one end to the other.",
        "A row sweeps one latent and holds the others, the strongest first. A row that "
        "does not move belongs to a latent that carries nothing.",
    )
    film = embedded_film(
        traversal_film(*arguments, prior=True, seed=subject.seed),
        "All latents swept back and forth, each in a tile of its own.",
        "The same from the mean of the prior, moving: all latents at once.",
    )
    return Section("traversals", "Traversals", (still, film))
