"""Loss terms: pure functions, tensors in, nats out; only the model averages images.

What compares a batch as a whole (covariance, discrepancy) returns scalars.
"""

from keras_bvae.former_names import former_names
from keras_bvae.losses.covariance_penalty import covariance_gap
from keras_bvae.losses.density_ratio import (
    density_ratio_total_correlation,
    discriminator_cross_entropy,
)
from keras_bvae.losses.gaussian_log_density import gaussian_log_density
from keras_bvae.losses.kl_divergence import gaussian_kl_divergence
from keras_bvae.losses.maximum_mean_discrepancy import (
    maximum_mean_discrepancy,
)
from keras_bvae.losses.minibatch_decomposition import (
    KLDecomposition,
    minibatch_decomposition,
)
from keras_bvae.losses.permuted_codes import permute_codes
from keras_bvae.losses.reconstruction import (
    bernoulli_reconstruction,
    categorical_reconstruction,
    gaussian_reconstruction,
)
from keras_bvae.losses.shared_latents import share_latents

__all__ = [
    "KLDecomposition",
    "bernoulli_reconstruction",
    "categorical_reconstruction",
    "covariance_gap",
    "density_ratio_total_correlation",
    "discriminator_cross_entropy",
    "gaussian_kl_divergence",
    "gaussian_log_density",
    "gaussian_reconstruction",
    "maximum_mean_discrepancy",
    "minibatch_decomposition",
    "permute_codes",
    "share_latents",
]

# What version 0.5 had here.
__getattr__ = former_names(
    __name__,
    {
        "ESTIMATORS": "keras_bvae.losses.minibatch_decomposition.ESTIMATORS",
        "LIKELIHOODS": "keras_bvae.losses.reconstruction.LIKELIHOODS",
        "require_bandwidth": (
            "keras_bvae.losses.maximum_mean_discrepancy.require_bandwidth"
        ),
    },
)
