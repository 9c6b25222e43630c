"""MIG: how far each factor's best code is ahead of its second best."""

import time

import numpy as np

from keras_bvae.metrics.estimators.mutual_information import (
    discretise,
    entropy,
    mutual_information,
)
from keras_bvae.metrics.protocols import array_protocol
from keras_bvae.metrics.representation_arrays import (
    as_codes,
    as_factors,
    require_two_codes,
    require_varying,
)
from keras_bvae.metrics.score import Score


def mutual_information_gap(codes, factors, bins=20):
    """Lead of each factor's most informative code over the next, by its entropy.

    For each factor: the two largest mutual informations of a code with it, their
    difference divided by the factor's entropy; then the mean over the factors. 1: one
    code tells all of the factor, no other tells anything.

    Known faults. 20 bins cannot tell 32 or 40 values apart: perfect codes of dSprites
    score 0.87, not 1. Counts make independent codes look informative, the more so the
    more values a factor has. Bins follow a code's range, so a collapsed code fills
    them with its noise.

    Args:
        codes: float array, shape `(n, latent_dim)`, latent_dim >= 2; a constant code
            has no information.
        factors: int array, shape `(n, factors)`, class indices, each with two or more.
        bins: int >= 2, equal-width bins per code; see `discretise`.

    Returns:
        `Score`. Parts: `mutual_information` `(latent_dim, factors)` in nats,
        `factor_entropy` `(factors,)` in nats, `per_factor` `(factors,)`.

    Raises:
        ValueError: lengths that differ, NaN, one latent, a constant factor, factors
            that are no classes, or `bins` out of range.

    Source: Chen et al. 2018 (arXiv:1802.04942), equation 6; the bins as in Locatello
    et al. 2019 (arXiv:1811.12359).
    """
    started = time.perf_counter()
    codes = as_codes(codes)
    factors = as_factors(factors, len(codes))
    require_two_codes(codes)
    require_varying(factors)
    information = mutual_information(discretise(codes, bins), factors)
    entropies = entropy(factors)
    per_factor = gap_of_two_largest(information) / entropies
    settings = {"bins": bins, "train_points": len(codes)}
    return Score(
        name="mutual_information_gap",
        score=float(per_factor.mean()),
        parts={
            "mutual_information": information,
            "factor_entropy": entropies,
            "per_factor": per_factor,
        },
        protocol=array_protocol("mutual_information_gap", settings),
        settings=settings,
        seed=None,
        seconds=time.perf_counter() - started,
    )


def gap_of_two_largest(table):
    """Largest minus second largest entry of each column.

    Args:
        table: array, shape `(latent_dim, factors)`, latent_dim >= 2.

    Returns:
        float64 array, shape `(factors,)`, >= 0.
    """
    second, first = np.sort(np.asarray(table, np.float64), axis=0)[-2:]
    return first - second
