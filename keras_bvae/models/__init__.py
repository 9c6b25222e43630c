"""Models: one journey from image to loss, one small file an objective."""

from keras_bvae.models.ada_gvae import AdaGVAE
from keras_bvae.models.annealed_vae import AnnealedVAE
from keras_bvae.models.beta_tc_vae import BetaTCVAE
from keras_bvae.models.beta_vae import BetaVAE
from keras_bvae.models.dip_vae import DIPVAE
from keras_bvae.models.factor_vae import FactorVAE
from keras_bvae.models.info_vae import InfoVAE
from keras_bvae.models.player_optimizers import PlayerOptimizers
from keras_bvae.models.published_pytorch import from_pytorch
from keras_bvae.models.strength import Strength, strengths_of
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
    "Strength",
    "VariationalAutoencoder",
    "from_pytorch",
    "strengths_of",
]
