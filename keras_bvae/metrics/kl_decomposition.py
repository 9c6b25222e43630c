"""What the KL term of a VAE pays for: information, correlation, distance from the prior."""

import dataclasses
from typing import NamedTuple

import numpy as np

from keras_bvae.metrics.protocols import is_count
from keras_bvae.metrics.score import plain

# In one dimension, posteriors are merged whose means lie within a tenth of their
# standard deviation and whose standard deviations lie within 5 %; see `_merged`.
_MEAN_SPACING = 0.1
_LOG_DEVIATION_SPACING = 0.05
# A table of log densities of 2 MB stays in the processor's cache.
_TABLE_ENTRIES = 2**18
_LEAST_CHUNK = 64
# exp() of less is denormal, which takes ten times as long as the 0 that it amounts to.
_LARGEST_EXPONENT = 700.0
# Down to here products of the precision keep four digits of a log density in float64.
# It is a standard deviation of 4e-6, where float32 hardly tells two means apart.
_LEAST_LOG_VARIANCE = -25.0


@dataclasses.dataclass(frozen=True)
class KLDecomposition:
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


class _Mixture(NamedTuple):
    """Posteriors of some latents, and where the posterior of each draw is among them.

    Shapes: `mean`, `log_variance` `(posteriors, latents)`, `counts` `(posteriors,)`,
    `own` `(draws,)`; `latents` is a slice.
    """

    latents: slice
    mean: np.ndarray
    log_variance: np.ndarray
    counts: np.ndarray
    own: np.ndarray


def kl_decomposition(
    mean, log_variance, dataset_size=None, draws=1000, seed=0, progress=None
):
    """Splits the average KL into mutual information, total correlation and the rest.

    With q(z), the average of q(z|x) over the data set,

        E KL(q(z|x) || p(z)) = I(x; z) + KL(q(z) || Π q(z_k)) + Σ KL(q(z_k) || p(z_k)):

    what codes tell about images, how far the latents depend on each other, and how far
    each is from the prior. Each term is averaged over `draws` codes, drawn from the
    posteriors of random images. log q(z) is the mixture's own, over all n posteriors,
    not over a minibatch. If the n images are a sample, a code's own posterior keeps its
    true weight, 1 / dataset_size, and the others share the rest: unbiased densities.

    When a sample is not enough. Of n posteriors about n exp(-mutual information) reach
    a code. Once that is few, so if the mutual information comes within some 3 nats of
    log n, the code's own posterior dominates: mutual information is pushed up, towards
    log dataset_size, and total correlation down by as much. No number of draws mends
    that; use all images. With them, mutual information still ends at log n: if the KL
    is larger, the model tells every image from every other, and the surplus counts as
    total correlation, whatever the latents mean.

    The joint density is exact. For the marginals near-equal posteriors are merged,
    which leaves a thirtieth of the work on dSprites. As codes are drawn from the
    aggregate, the expected error is a KL divergence between two mixtures, which is
    convex: at most 0.002 nats a latent, and on dSprites below 0.00001.

    Args:
        mean: array, shape `(n, latent_dim)`, of the posteriors of n images, drawn from
            the data set without repetition.
        log_variance: array, same shape; natural log of the variance.
        dataset_size: int >= n, or None: the n images are the data set.
        draws: int >= 2; standard errors fall with its square root.
        seed: int >= 0.
        progress: None or function `(work done, work in all)`.

    Returns:
        `KLDecomposition`.

    Raises:
        ValueError: the shapes differ, a value is not finite or a log variance below
            -25, fewer than two images or draws, or a `dataset_size` below n.

    Source: Chen et al. 2018 (arXiv:1802.04942), equation 2.
    """
    mean, log_variance = _posteriors(mean, log_variance)
    size = len(mean) if dataset_size is None else dataset_size
    _require_counts(len(mean), size, draws)
    rng = np.random.default_rng(seed)
    own = rng.integers(len(mean), size=draws)
    noise = rng.standard_normal((draws, mean.shape[1]))
    codes = mean[own] + np.exp(0.5 * log_variance[own]) * noise
    posterior = _log_normal(codes, mean[own], log_variance[own])
    prior = _log_normal(codes, 0.0, 0.0)
    mixtures = [_Mixture(slice(None), mean, log_variance, np.ones(len(mean)), own)]
    mixtures += [_merged(mean, log_variance, own, k) for k in range(mean.shape[1])]
    joint, *marginals = _log_densities(mixtures, codes, posterior, size, progress)
    marginals = np.stack(marginals, axis=1)
    terms = {
        "mutual_information": posterior.sum(1) - joint,
        "total_correlation": joint - marginals.sum(1),
        "dimension_wise_kl": (marginals - prior).sum(1),
        "kl": (posterior - prior).sum(1),
    }
    return KLDecomposition(
        **{name: float(term.mean()) for name, term in terms.items()},
        standard_error={name: _standard_error(term) for name, term in terms.items()},
        dimension_wise_kl_of_each_latent=tuple((marginals - prior).mean(0).tolist()),
        images=len(mean),
        dataset_size=int(size),
        draws=int(draws),
        seed=int(seed),
    )


def _log_densities(mixtures, codes, posterior, size, progress):
    """log q(z) of each mixture at each code: shape `(mixtures, draws)`."""
    chunk = max(_LEAST_CHUNK, _TABLE_ENTRIES // len(codes))
    pieces = [
        (row, slice(start, start + chunk))
        for row, mixture in enumerate(mixtures)
        for start in range(0, len(mixture.counts), chunk)
    ]
    log_own = np.stack([posterior[:, mixture.latents].sum(1) for mixture in mixtures])
    ratios = np.zeros_like(log_own)
    for done, (row, part) in enumerate(pieces, 1):
        ratios[row] += _ratios(codes, log_own[row], mixtures[row], part)
        if progress is not None:
            progress(done, len(pieces))
    for row, mixture in enumerate(mixtures):
        ratios[row] -= _own_ratio(codes, log_own[row], mixture)
    images = mixtures[0].counts.sum()
    share = (1 - 1 / size) / (images - 1)
    # Rounding can leave a trace below 0 where no other posterior reaches the code.
    return log_own + np.log(1 / size + share * np.maximum(ratios, 0.0))


def _ratios(codes, log_own, mixture, part):
    """Sum of q(z | j) / q(z | own) over one part of the posteriors j, per code.

    A Gaussian's log density is linear in (z², z, 1), so that one matrix product gives
    those of all codes under all posteriors.
    """
    codes = codes[:, mixture.latents]
    mean, log_variance = mixture.mean[part], mixture.log_variance[part]
    precision = np.exp(-log_variance)
    constant = _log_normal(0.0, mean, log_variance).sum(1)
    ones = np.ones_like(log_own)
    left = np.column_stack([codes**2, codes, ones, -log_own])
    right = np.column_stack(
        [-0.5 * precision, mean * precision, constant, np.ones_like(constant)]
    )
    table = left @ right.T
    np.clip(table, -_LARGEST_EXPONENT, _LARGEST_EXPONENT, out=table)
    np.exp(table, out=table)
    return table @ mixture.counts[part]


def _own_ratio(codes, log_own, mixture):
    """What the posterior of each draw itself has put into the sum of ratios."""
    mean, log_variance = mixture.mean[mixture.own], mixture.log_variance[mixture.own]
    density = _log_normal(codes[:, mixture.latents], mean, log_variance).sum(1)
    return np.exp(density - log_own)


def _merged(mean, log_variance, own, latent):
    """The posteriors of one latent, with those that are nearly equal made one.

    A cell of mean and log standard deviation becomes the Gaussian of the cell's
    averages, with as many counts as it has posteriors; one that is alone stays exact.
    """
    mean, log_variance = mean[:, latent], log_variance[:, latent]
    level = np.round(0.5 * log_variance / _LOG_DEVIATION_SPACING)
    width = _MEAN_SPACING * np.exp(level * _LOG_DEVIATION_SPACING)
    cell = np.round(mean / width) + 1j * level
    _, number, counts = np.unique(cell, return_inverse=True, return_counts=True)
    mean, log_variance = (
        np.bincount(number, weights=values)[:, None] / counts[:, None]
        for values in (mean, log_variance)
    )
    columns = slice(latent, latent + 1)
    return _Mixture(columns, mean, log_variance, counts.astype(float), number[own])


def _log_normal(codes, mean, log_variance):
    """log N(z; mean, exp(log_variance)), elementwise."""
    squares = np.square(codes - mean) * np.exp(-log_variance)
    return -0.5 * (squares + log_variance + np.log(2 * np.pi))


def _standard_error(term):
    return float(term.std(ddof=1) / np.sqrt(len(term)))


def _posteriors(mean, log_variance):
    """Both as float64, once they are what they should be."""
    mean = np.asarray(mean, np.float64)
    log_variance = np.asarray(log_variance, np.float64)
    if mean.ndim != 2 or mean.shape != log_variance.shape or not mean.size:
        raise ValueError(
            "`mean` and `log_variance` must have one shape, (images, latent_dim); "
            f"received mean.shape={mean.shape}, "
            f"log_variance.shape={log_variance.shape}. Pass both outputs of `encode`."
        )
    if not (np.isfinite(mean).all() and np.isfinite(log_variance).all()):
        raise ValueError(
            "`mean` and `log_variance` must be finite; received NaN or infinity. "
            "The model has diverged: use an earlier checkpoint."
        )
    if log_variance.min() < _LEAST_LOG_VARIANCE:
        raise ValueError(
            f"`log_variance` must be at least {_LEAST_LOG_VARIANCE:g}; received "
            f"{log_variance.min():.4g}. A posterior that narrow is a point: its "
            "density is not of the model but of rounding."
        )
    return mean, log_variance


def _require_counts(images, size, draws):
    if images < 2:
        raise ValueError(
            f"There must be posteriors of at least 2 images; received {images}. Pass "
            "all images of the data set, or some thousands."
        )
    if not is_count(size) or size < images:
        raise ValueError(
            f"`dataset_size` must be a whole number >= the {images} posteriors; "
            f"received dataset_size={size!r}. Use None if they are the data set."
        )
    if not is_count(draws) or draws < 2:
        raise ValueError(
            f"`draws` must be a whole number >= 2; received draws={draws!r}. Use 1000."
        )
