"""A model and a data set, or a run's history, in; a picture of it out.

Images come as a `keras_bvae.pictures.Sheet`, lines as a Matplotlib figure; what moves
is an `Animation`. `keras_bvae.pictures.save_picture` writes each of them.
"""

from keras_bvae.figures.latent_map import latent_map
from keras_bvae.figures.latent_responses import latent_responses
from keras_bvae.figures.model_images import interpolations, reconstructions, samples
from keras_bvae.figures.training import (
    kl_per_latent,
    loss_curves,
    training_curves,
    training_film,
)
from keras_bvae.figures.traversals import traversals
from keras_bvae.former_names import former_names
from keras_bvae.pictures.sheets.representation_sheet import heat_maps

__all__ = [
    "heat_maps",
    "interpolations",
    "kl_per_latent",
    "latent_map",
    "latent_responses",
    "loss_curves",
    "reconstructions",
    "samples",
    "training_curves",
    "training_film",
    "traversals",
]

# What version 0.5 had here.
__getattr__ = former_names(
    __name__, {"interpolation": "keras_bvae.figures.interpolations"}
)
