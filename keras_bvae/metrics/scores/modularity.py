"""Modularity: whether each code tells of one factor only."""

import time

import numpy as np

from keras_bvae.metrics.estimators.discretiser import discretise
from keras_bvae.metrics.estimators.mutual_information import mutual_information
from keras_bvae.metrics.protocols import array_protocol
from keras_bvae.metrics.representation_arrays import (
    as_codes,
    as_factors,
    require_varying,
)
from keras_bvae.metrics.score import Score


def modularity(codes, factors, bins=20):
    """How nearly each code tells of one factor only, averaged over all codes.

    1: every code tells of one factor and of no other. Two codes may tell of the same
    one; mutual_information_gap asks for the opposite.

    Known faults. Counts make independent codes look informative, the more so the more
    values a factor has: pure noise gets about 2/3 with the factors of dSprites. A
    collapsed code, whose noise fills the bins, gets the same; only an exactly constant
    one gets 0, which lowers the average. `adjusted_modularity` mends all three.

    Args:
        codes: float array, shape `(n, latent_dim)`; a constant code counts as 0.
        factors: int array, shape `(n, factors)`, class indices, factors >= 2, each
            with two values or more.
        bins: int >= 2, equal-width bins per code; see `discretise`.

    Returns:
        `Score`. Parts: `mutual_information` `(latent_dim, factors)` in nats,
        `per_code` `(latent_dim,)`.

    Raises:
        ValueError: lengths that differ, NaN, a single factor, a constant one, factors
            that are no classes, or `bins` out of range.

    Source: Ridgeway & Mozer 2018 (arXiv:1802.05312), their modularity; the bins, and
    the average over all codes, as in Locatello et al. 2019 (arXiv:1811.12359).
    """
    started = time.perf_counter()
    codes = as_codes(codes)
    factors = as_factors(factors, len(codes))
    require_varying(factors, least=2)
    information = mutual_information(discretise(codes, bins), factors)
    per_code = modularity_of_each_code(information)
    settings = {"bins": bins, "train_points": len(codes)}
    return Score(
        name="modularity",
        score=float(per_code.mean()),
        parts={"mutual_information": information, "per_code": per_code},
        protocol=array_protocol("modularity", settings),
        settings=settings,
        seed=None,
        seconds=time.perf_counter() - started,
    )


def modularity_of_each_code(mutual_information):
    """One less the information on the other factors, squared and relative.

    With m the largest information of a code, on any of k factors: 1 - (the sum of the
    squares of its other k - 1 informations) / ((k - 1) m²).

    Args:
        mutual_information: array, shape `(latent_dim, factors)`, >= 0, in nats (or any
            other unit: only ratios matter), factors >= 2.

    Returns:
        float64 array, shape `(latent_dim,)`, in [0, 1]; 0 for a code without any
        information.

    Source: Ridgeway & Mozer 2018 (arXiv:1802.05312), their modularity.
    """
    information = np.asarray(mutual_information, np.float64)
    largest = information.max(axis=1)
    tells = largest > 0
    # Ratios before squares: the square of a tiny information would vanish.
    ratios = information / np.where(tells, largest, 1.0)[:, np.newaxis]
    others = (ratios**2).sum(axis=1) - 1.0
    return np.where(tells, 1.0 - others / (information.shape[1] - 1), 0.0)
