"""Loss terms: pure functions, tensors in, one value per image (or latent) out, nats."""

from keras_bvae.losses.kl_divergence import gaussian_kl_divergence
from keras_bvae.losses.reconstruction import (
    LIKELIHOODS,
    bernoulli_reconstruction,
    gaussian_reconstruction,
)

__all__ = [
    "LIKELIHOODS",
    "bernoulli_reconstruction",
    "gaussian_kl_divergence",
    "gaussian_reconstruction",
]
