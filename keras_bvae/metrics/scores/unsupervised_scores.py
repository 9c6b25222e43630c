"""Scores that need no factors: how far codes depend on each other, how many vary."""

import time

import numpy as np

from keras_bvae.metrics.estimators.mutual_information import (
    discretise,
    mutual_information,
)
from keras_bvae.metrics.protocols import CUSTOM, array_protocol
from keras_bvae.metrics.representation_arrays import (
    as_codes,
    variance_of_codes,
    varying_columns,
)
from keras_bvae.metrics.score import Score
from keras_bvae.rules import require_finite

# Of `active_units`: Burda et al. found the variances of their models to lie far off on
# either side.
PUBLISHED_THRESHOLD = 0.01


def unsupervised_scores(codes, bins=20):
    """Dependence among the codes: three numbers, for all of which 0 is independence.

    Lower is better, unlike in the other metrics, and it says nothing of factors:
    independent noise gets 0.

    Known faults. The two Gaussian numbers see linear dependence only. The Wasserstein
    one is the *squared* distance and grows with the codes' scale; its `_norm` does not.
    Counts make independent codes look informative of each other: 20 bins and 2000 rows
    give about 0.08 nats.

    Args:
        codes: float array, shape `(n, latent_dim)`, n above latent_dim for a total
            correlation that is finite. A constant code makes
            `gaussian_total_correlation` NaN, as in the reference code; the part
            `gaussian_total_correlation_active` leaves such codes out.
        bins: int >= 2, equal-width bins per code; see `discretise`.

    Returns:
        `Score`, its score the Gaussian total correlation. Parts:
        `gaussian_total_correlation` in nats, +inf if codes determine each other
        linearly; `gaussian_total_correlation_active`, the same over the codes that
        vary, 0 if none does; `gaussian_wasserstein_correlation` in squared units of the
        codes; `gaussian_wasserstein_correlation_norm`, that by the sum of variances, 0
        if no code varies; `mutual_info_score` in nats, the mean over ordered pairs of
        different codes, 0 if there is only one; `covariance` and
        `code_mutual_information` in nats, `(latent_dim, latent_dim)`, the latter with
        the entropies of the binned codes on its diagonal.

    Raises:
        ValueError: NaN, other axes, or `bins` out of range.

    Source: Locatello et al. 2019 (arXiv:1811.12359), the unsupervised scores of its
    appendix; for the formulas see the two functions below.
    """
    started = time.perf_counter()
    codes = as_codes(codes)
    varies = varying_columns(codes)
    covariance = _covariance(codes, varies)
    total_correlation = gaussian_total_correlation(covariance)
    wasserstein = gaussian_wasserstein_correlation(covariance)
    total_variance = float(np.trace(covariance))
    binned = discretise(codes, bins)
    information = mutual_information(binned, binned)
    settings = {"bins": bins, "train_points": len(codes)}
    return Score(
        name="unsupervised_scores",
        score=total_correlation,
        parts={
            "gaussian_total_correlation": total_correlation,
            "gaussian_total_correlation_active": gaussian_total_correlation(
                covariance[np.ix_(varies, varies)]
            ),
            "gaussian_wasserstein_correlation": wasserstein,
            "gaussian_wasserstein_correlation_norm": (
                wasserstein / total_variance if total_variance > 0 else 0.0
            ),
            "mutual_info_score": _mean_off_diagonal(information),
            "covariance": covariance,
            "code_mutual_information": information,
        },
        protocol=array_protocol("unsupervised_scores", settings),
        settings=settings,
        seed=None,
        seconds=time.perf_counter() - started,
    )


def active_units(mean, threshold=PUBLISHED_THRESHOLD):
    """Number of latents whose posterior mean varies over the images.

    A latent that the model does not use has a posterior equal to the prior, whatever
    the image: its mean stays at 0.

    Known fault. The threshold is absolute, for codes of unit scale, as the prior asks
    for; a model without a KL term may inform by means of any scale.

    Args:
        mean: float array, shape `(images, latent_dim)`, images >= 2.
        threshold: float >= 0; a latent is active if its variance is above.

    Returns:
        `Score`, `.score` the number of active latents. Parts: `variances`
        `(latent_dim,)`, over the images (ddof 0); `active` `(latent_dim,)`, bool. The
        protocol is "burda2016" with the paper's threshold.

    Raises:
        ValueError: another shape, fewer than two images, values that are not finite,
            or a `threshold` out of range.

    Source: Burda et al. 2016 (arXiv:1509.00519), "Latent space representation".
    """
    started = time.perf_counter()
    mean = as_codes(mean, "mean")
    advice = f"Use {PUBLISHED_THRESHOLD}."
    require_finite("threshold", threshold, least=0, advice=advice)
    variances = variance_of_codes(mean, ddof=0)
    active = variances > threshold
    return Score(
        name="active_units",
        score=float(active.sum()),
        parts={"variances": variances, "active": active},
        protocol="burda2016" if threshold == PUBLISHED_THRESHOLD else CUSTOM,
        settings={"threshold": float(threshold), "images": len(mean)},
        seed=None,
        seconds=time.perf_counter() - started,
    )


def gaussian_total_correlation(covariance):
    """KL divergence of a normal distribution from the product of its marginals.

    Half of (the sum of the log variances - the log determinant); as the variances
    cancel, half of minus the log determinant of the correlations.

    Args:
        covariance: array, shape `(latent_dim, latent_dim)`, symmetric.

    Returns:
        float >= 0, in nats. +inf if it is singular up to rounding; NaN with a variance
        of 0, where the difference is that of two infinities; 0 for no latent at all.

    Source: Watanabe 1960, for normal distributions.
    """
    covariance = np.asarray(covariance, np.float64)
    variances = np.diag(covariance)
    if (variances <= 0).any():
        return float("nan")
    if not variances.size:
        return 0.0
    spreads = np.sqrt(variances)
    correlations = covariance / spreads / spreads[:, np.newaxis]
    eigenvalues = np.linalg.eigvalsh(correlations)
    # The rule of numpy.linalg.matrix_rank: below it an eigenvalue is rounding.
    smallest = eigenvalues[-1] * len(eigenvalues) * np.finfo(np.float64).eps
    if eigenvalues[0] <= smallest:
        return float("inf")
    return max(0.0, -0.5 * float(np.log(eigenvalues).sum()))


def gaussian_wasserstein_correlation(covariance):
    """Squared 2-Wasserstein distance of a normal from the product of its marginals.

    With S the covariance and D its diagonal part: 2 tr S - 2 tr (D^½ S D^½)^½.

    Args:
        covariance: array, shape `(latent_dim, latent_dim)`, symmetric, no negative
            eigenvalues.

    Returns:
        float >= 0, in squared units of the codes.

    Source: Dowson & Landau 1982, with equal means.
    """
    covariance = np.asarray(covariance, np.float64)
    spreads = np.sqrt(np.diag(covariance))
    eigenvalues = np.linalg.eigvalsh(covariance * spreads * spreads[:, np.newaxis])
    # Rounding alone makes an eigenvalue, or the difference, negative.
    root_trace = np.sqrt(np.maximum(eigenvalues, 0.0)).sum()
    return max(0.0, float(2 * np.trace(covariance) - 2 * root_trace))


def _covariance(codes, varies):
    covariance = np.atleast_2d(np.cov(codes, rowvar=False))
    # The mean of equal numbers is rounded, so a constant code would vary by 1e-34.
    covariance[~varies] = 0.0
    covariance[:, ~varies] = 0.0
    return covariance


def _mean_off_diagonal(table):
    size = len(table)
    if size < 2:
        return 0.0
    return float((table.sum() - np.trace(table)) / (size * (size - 1)))
