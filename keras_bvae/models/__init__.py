"""Models: one journey from image to loss, one small file an objective."""

from keras_bvae.models.beta_vae import BetaVAE
from keras_bvae.models.published_pytorch import from_pytorch
from keras_bvae.models.variational_autoencoder import ElboTerms, VariationalAutoencoder

__all__ = ["BetaVAE", "ElboTerms", "VariationalAutoencoder", "from_pytorch"]
