"""Disentanglement metrics: NumPy in, a `Score` out. Nothing here imports Keras."""

from keras_bvae.metrics.beta_vae_score import (
    beta_vae_score,
    beta_vae_settings,
    higgins2017_aggregate,
)
from keras_bvae.metrics.encoding import NonFiniteCodesError
from keras_bvae.metrics.kl_decomposition import DecomposedKL, kl_decomposition
from keras_bvae.metrics.protocols import PROTOCOLS
from keras_bvae.metrics.score import Score

__all__ = [
    "PROTOCOLS",
    "DecomposedKL",
    "NonFiniteCodesError",
    "Score",
    "beta_vae_score",
    "beta_vae_settings",
    "higgins2017_aggregate",
    "kl_decomposition",
]
