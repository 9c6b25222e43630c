"""A model and a data set, or a run's history, in; a Matplotlib figure out."""

from keras_bvae.figures.heat_maps import heat_maps
from keras_bvae.figures.interpolations import interpolation
from keras_bvae.figures.latent_responses import latent_responses
from keras_bvae.figures.reconstructions import reconstructions
from keras_bvae.figures.samples import samples
from keras_bvae.figures.training_curves import (
    kl_per_latent,
    loss_curves,
    training_curves,
)
from keras_bvae.figures.training_film import training_film
from keras_bvae.figures.traversals import traversals

__all__ = [
    "heat_maps",
    "interpolation",
    "kl_per_latent",
    "latent_responses",
    "loss_curves",
    "reconstructions",
    "samples",
    "training_curves",
    "training_film",
    "traversals",
]
