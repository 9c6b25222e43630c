"""β-VAE and its family in Keras 3: learn, measure and look at disentanglement.

The map of this package, and an image's journey through it, is in its README.md.
"""

from keras_bvae import (
    callbacks,
    datasets,
    errors,
    evaluation,
    export,
    figures,
    latents,
    layers,
    losses,
    metrics,
    models,
    networks,
    pictures,
    report,
    representations,
    runs,
    schedules,
)
from keras_bvae.former_names import keep_former_modules
from keras_bvae.kept_memory import keep_memory
from keras_bvae.layers import Sampling
from keras_bvae.models import (
    DIPVAE,
    AdaGVAE,
    AnnealedVAE,
    BetaTCVAE,
    BetaVAE,
    FactorVAE,
    InfoVAE,
    Standardization,
    Strength,
    VariationalAutoencoder,
)
from keras_bvae.version import __version__ as __version__

keep_former_modules()

__all__ = [
    "DIPVAE",
    "AdaGVAE",
    "AnnealedVAE",
    "BetaTCVAE",
    "BetaVAE",
    "FactorVAE",
    "InfoVAE",
    "Sampling",
    "Standardization",
    "Strength",
    "VariationalAutoencoder",
    "callbacks",
    "datasets",
    "errors",
    "evaluation",
    "export",
    "figures",
    "keep_memory",
    "latents",
    "layers",
    "losses",
    "metrics",
    "models",
    "networks",
    "pictures",
    "report",
    "representations",
    "runs",
    "schedules",
]
