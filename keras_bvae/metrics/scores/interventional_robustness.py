"""IRS: how little each code moves while the factor it stands for is held."""

import time

import numpy as np

from keras_bvae.metrics.estimators.mutual_information import discretise
from keras_bvae.metrics.protocols import array_protocol
from keras_bvae.metrics.representation_arrays import (
    as_codes,
    as_factors,
    require_varying,
    varying_columns,
)
from keras_bvae.metrics.score import Score
from keras_bvae.rules import require_finite


def interventional_robustness(codes, factors, bins=20, quantile=0.99):
    """How steady each code is while one factor is held, relative to its whole range.

    For a code and a factor: rows are grouped by the factor's bin; in each group the
    quantile of the code's distance from the group's mean; the mean of these over the
    groups, divided by the code's largest distance from its overall mean; 1 less that.
    A code's score is the best over the factors. The metric's score is their mean, each
    code weighted by its largest distance.

    Known faults. Factors go through the bins too, so neighbouring values of 32 or 40
    share one and perfect codes of dSprites get 0.98. Pure noise gets 0.34: its 99 %
    quantile is well below its maximum. The weights depend on the codes' scale. Where a
    group's mean is off the overall one, a distance from it may exceed the largest, so
    single entries can fall below 0.

    Args:
        codes: float array, shape `(n, latent_dim)`; a constant code is left out, and if
            all are, the score is 0.
        factors: int or float array, shape `(n, factors)`, each with two values or more.
        bins: int >= 2, equal-width bins per factor; see `discretise`.
        quantile: float in (0, 1], interpolated linearly; 1 is the paper's maximum.

    Returns:
        `Score`. Parts, where `active` counts the codes that are not constant:
        `irs_matrix` `(active, factors)`, `codes` `(active,)` the number of each row's
        code, `per_code` `(active,)`, `parents` `(active,)` the number of each code's
        best factor, `max_deviations` `(active,)`, `num_active_dims_true` int = active,
        `num_active_dims_reported` float, what the reference code gives out as that
        number: the sum of all values of the active codes, a fault of its own.

    Raises:
        ValueError: lengths that differ, NaN, a constant factor, `bins` or `quantile`
            out of range.

    Source: Suter et al. 2019 (arXiv:1811.00007), the interventional robustness score;
    bins and quantile as in the code of Locatello et al. 2019 (arXiv:1811.12359).
    """
    started = time.perf_counter()
    advice = "Use 0.99, or 1 for the paper's maximum."
    require_finite("quantile", quantile, above=0, most=1, advice=advice)
    codes = as_codes(codes)
    factors = as_factors(factors, len(codes), continuous=True)
    require_varying(factors)
    numbers = np.flatnonzero(varying_columns(codes))
    active = codes[:, numbers]
    max_deviations = np.abs(active - active.mean(axis=0)).max(axis=0)
    held = deviations_while_held(active, discretise(factors, bins), quantile)
    matrix = 1.0 - held / max_deviations[:, np.newaxis]
    per_code = matrix.max(axis=1)
    score = np.average(per_code, weights=max_deviations) if numbers.size else 0.0
    settings = {
        "bins": bins,
        "quantile": float(quantile),
        "train_points": len(codes),
    }
    return Score(
        name="interventional_robustness",
        score=float(score),
        parts={
            "irs_matrix": matrix,
            "codes": numbers,
            "per_code": per_code,
            "parents": matrix.argmax(axis=1),
            "max_deviations": max_deviations,
            "num_active_dims_true": len(numbers),
            "num_active_dims_reported": float(active.sum()),
        },
        protocol=array_protocol("interventional_robustness", settings),
        settings=settings,
        seed=None,
        seconds=time.perf_counter() - started,
    )


def deviations_while_held(codes, groups, quantile):
    """How far each code strays from its mean within the groups of each factor.

    Args:
        codes: float array, shape `(n, latent_dim)`.
        groups: int array, shape `(n, factors)`; rows of a factor with the same number
            are a group.
        quantile: float in [0, 1], of |code - its mean in the group|.

    Returns:
        float64 array, shape `(latent_dim, factors)`, in the codes' unit: the mean over
        a factor's groups, each with the same weight however many rows it has.
    """
    columns = []
    for column in groups.T:
        order = np.argsort(column, kind="stable")
        starts = np.flatnonzero(np.diff(column[order])) + 1
        distances = [
            np.quantile(np.abs(rows - rows.mean(axis=0)), quantile, axis=0)
            for rows in np.split(codes[order], starts)
        ]
        columns.append(np.mean(distances, axis=0))
    return np.stack(columns, axis=1)
