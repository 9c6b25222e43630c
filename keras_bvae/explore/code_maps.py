"""The map of a model's latents below its sliders: codes of the images measured on."""

from keras_bvae.datasets.factor_labels import factor_labels
from keras_bvae.explore import markup
from keras_bvae.latents.code_plane import code_plane
from keras_bvae.latents.latent_statistics import latent_name
from keras_bvae.pictures.picture_file import figure_pixels
from keras_bvae.pictures.plots.code_map import Coloring, code_map

# Panels that a page still shows large enough.
_MOST_PANELS = 6


def map_picture(explorer, dataset, indices):
    """The codes of images over the two latents that carry most, as HTML.

    Args:
        explorer: LatentExplorer, measured on these images.
        dataset: the data set that they are of.
        indices: int array, their numbers in it.

    Returns:
        str; a sentence for a model of one latent.
    """
    if explorer.latent_dim < 2:
        return markup.message("A map needs two latents; this model has one.")
    across, up = explorer.order[:2]
    plane = code_plane(explorer.codes, "latents", (across, up))
    sizes = zip(dataset.factor_names, dataset.factor_sizes, strict=True)
    names = [name for name, size in sizes if size > 1][:_MOST_PANELS]
    colorings = [
        Coloring(
            name,
            dataset.factors_at(indices)[:, dataset.factor_names.index(name)],
            *factor_labels(dataset, name),
        )
        for name in names
    ]
    note = (
        f"Mean codes of {len(indices):,} images of {dataset.name}. Circles hold 50% "
        "and 95% of the prior."
    )
    figure = code_map(plane, colorings, title=explorer.title, lines=(note,))
    described = (
        f"codes of {explorer.title} over {latent_name(across)} and {latent_name(up)}"
    )
    return markup.map_tag(figure_pixels(figure), described)
