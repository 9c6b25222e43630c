"""What the KL of a VAE consists of: information, correlation, distance to the prior."""

import dataclasses

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.files.json_file import plain
from keras_bvae.metrics.estimators.aggregate_posterior import (
    aggregate_log_densities,
    log_normal,
)
from keras_bvae.metrics.representation_arrays import as_posteriors
from keras_bvae.rules import require_seed, require_whole

# A standard deviation of 4e-6: float32 hardly tells two means apart by less, and
# `aggregate_log_densities` computes no narrower.
_LEAST_LOG_VARIANCE = -25.0


@dataclasses.dataclass(frozen=True)
class DecomposedKL:
    """The average KL and its three parts, in nats, all from the same draws.

    Args:
        mutual_information: float, between an image's number and its code.
        total_correlation: float, KL of the aggregate posterior from the product of
            its marginals: 0 if the latents are independent.
        dimension_wise_kl: float, KL of those marginals from the prior, summed.
        kl: float, the sum of the three: the mean of log q(z|x) - log p(z).
        standard_error: dict, of each of these four; of the draws alone, it does not
            know what a sample of images leaves out.
        dimension_wise_kl_of_each_latent: tuple of float.
        images: int, how many posteriors made the aggregate.
        dataset_size: int, how many images the data set has.
        draws: int.
        seed: int.
    """

    mutual_information: float
    total_correlation: float
    dimension_wise_kl: float
    kl: float
    standard_error: dict
    dimension_wise_kl_of_each_latent: tuple
    images: int
    dataset_size: int
    draws: int
    seed: int

    def as_dict(self):
        """The record in plain Python types."""
        return plain(dataclasses.asdict(self))


def kl_decomposition(
    mean, log_variance, dataset_size=None, draws=1000, seed=0, progress=None
):
    """Splits the average KL into mutual information, total correlation and the rest.

    With q(z) the average of q(z|x) over the data set,

        E KL(q(z|x) || p(z)) = I(x; z) + KL(q(z) || Π q(z_k)) + Σ KL(q(z_k) || p(z_k)):

    what codes tell of images, how far the latents depend on each other, and how far
    each is from the prior. Each term is an average over `draws` codes, drawn from the
    posteriors of random images. q(z) is the mixture of all n posteriors, not of a
    minibatch; see `aggregate_log_densities` for how exact.

    When a sample is not enough. Of n posteriors about n exp(-mutual information) reach
    a code. Where these are few, so where the mutual information comes within some 3
    nats of log n, the code's own posterior dominates. As the log of a noisy density is
    too low on average, mutual information is then pushed up, towards log dataset_size,
    and total correlation down by as much: an upper and a lower bound. No number of
    draws mends that; use all images. The published β-TCVAE on dSprites: 12.68 and 0.08
    nats from 20,000 images, 11.84 and 0.91 from all (10,000 draws, errors of 0.02).

    With all images, mutual information still ends at log n. A model with a larger KL
    tells every image from every other, and the surplus counts as total correlation,
    whatever its latents mean.

    Args:
        mean: array, shape `(n, latent_dim)`, of the posteriors of n images, drawn from
            the data set without repetition.
        log_variance: array, same shape; natural log of the variance. Below -25 it
            counts as -25: such a posterior, as of an InfoVAE without KL, is a point in
            float32, and its `kl` is that of a spread of 4e-6.
        dataset_size: int >= n, or None: the n images are the data set.
        draws: int >= 2; standard errors fall with its square root.
        seed: int >= 0.
        progress: None or function `(work done, work in all)`.

    Returns:
        `DecomposedKL`.

    Raises:
        ValueError: the shapes differ, a value is not finite, fewer than two images or
            draws, a `dataset_size` below n, or a `seed` below 0.

    Source: Chen et al. 2018 (arXiv:1802.04942), equation 2.
    """
    mean, log_variance = as_posteriors(mean, log_variance)
    if not mean.shape[1]:
        raise InvalidValue(
            f"A code must have at least 1 latent; received mean.shape={mean.shape}. "
            "Pass both outputs of `encode`."
        )
    log_variance = np.maximum(log_variance, _LEAST_LOG_VARIANCE)
    size = len(mean) if dataset_size is None else dataset_size
    require_counts(len(mean), size, draws)
    require_seed(seed)
    rng = np.random.default_rng(seed)
    own = rng.integers(len(mean), size=draws)
    noise = rng.standard_normal((draws, mean.shape[1]))
    codes = mean[own] + np.exp(0.5 * log_variance[own]) * noise
    joint, marginals = aggregate_log_densities(
        codes, own, mean, log_variance, size, progress
    )
    posterior = log_normal(codes, mean[own], log_variance[own])
    prior = log_normal(codes, 0.0, 0.0)
    terms = {
        "mutual_information": posterior.sum(1) - joint,
        "total_correlation": joint - marginals.sum(1),
        "dimension_wise_kl": (marginals - prior).sum(1),
        "kl": (posterior - prior).sum(1),
    }
    return DecomposedKL(
        **{name: float(term.mean()) for name, term in terms.items()},
        standard_error={name: _standard_error(term) for name, term in terms.items()},
        dimension_wise_kl_of_each_latent=tuple((marginals - prior).mean(0).tolist()),
        images=len(mean),
        dataset_size=int(size),
        draws=int(draws),
        seed=int(seed),
    )


def require_counts(images, dataset_size, draws):
    """Raises unless `kl_decomposition` can do with so many; before long work, say.

    Raises:
        ValueError: fewer than two images or draws, or a `dataset_size` below `images`.
    """
    if images < 2:
        raise InvalidValue(
            f"There must be posteriors of at least 2 images; received {images}. Pass "
            "those of the whole data set, or of some thousands."
        )
    advice = "That many posteriors there are; use None if they are all."
    require_whole("dataset_size", dataset_size, least=images, advice=advice)
    require_whole("draws", draws, least=2, advice="Use 1000.")


def _standard_error(term):
    return float(term.std(ddof=1) / np.sqrt(len(term)))
