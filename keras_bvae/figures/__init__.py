"""A model and a data set, or a run's history, in; a Matplotlib figure out."""

from keras_bvae.figures.latent_responses import heat_maps, latent_responses
from keras_bvae.figures.model_images import interpolations, reconstructions, samples
from keras_bvae.figures.training import (
    kl_per_latent,
    loss_curves,
    training_curves,
    training_film,
)
from keras_bvae.figures.traversals import traversals

__all__ = [
    "heat_maps",
    "interpolations",
    "kl_per_latent",
    "latent_responses",
    "loss_curves",
    "reconstructions",
    "samples",
    "training_curves",
    "training_film",
    "traversals",
]
