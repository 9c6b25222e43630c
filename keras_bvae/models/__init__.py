"""Models: one journey from image to loss, one small file an objective."""

from keras_bvae.models.ada_gvae import AdaGVAE
from keras_bvae.models.aggregate_posterior_vaes import DIPVAE, InfoVAE
from keras_bvae.models.beta_tc_vae import BetaTCVAE
from keras_bvae.models.beta_vae import AnnealedVAE, BetaVAE
from keras_bvae.models.factor_vae import FactorVAE
from keras_bvae.models.published_pytorch import from_pytorch
from keras_bvae.models.standardization import Standardization
from keras_bvae.models.strength import Strength, strengths_of
from keras_bvae.models.two_players import PlayerOptimizers
from keras_bvae.models.variational_autoencoder import ElboTerms, VariationalAutoencoder

__all__ = [
    "DIPVAE",
    "AdaGVAE",
    "AnnealedVAE",
    "BetaTCVAE",
    "BetaVAE",
    "ElboTerms",
    "FactorVAE",
    "InfoVAE",
    "PlayerOptimizers",
    "Standardization",
    "Strength",
    "VariationalAutoencoder",
    "from_pytorch",
    "strengths_of",
]
