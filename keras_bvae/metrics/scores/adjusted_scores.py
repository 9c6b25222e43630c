"""MIG and modularity less what chance alone gives them, under names of their own."""

import time

import numpy as np

from keras_bvae.metrics.estimators.mutual_information import (
    discretise,
    entropy,
    expected_mutual_information,
    mutual_information,
)
from keras_bvae.metrics.protocols import CUSTOM
from keras_bvae.metrics.representation_arrays import (
    as_codes,
    as_factors,
    require_two_codes,
    require_varying,
)
from keras_bvae.metrics.score import Score
from keras_bvae.metrics.scores.modularity_explicitness import modularity_of_each_code
from keras_bvae.metrics.scores.mutual_information_gap import gap_of_two_largest

# In nats: 1.4 % of what there is to tell of a factor with two values.
LEAST_INFORMATION = 0.01
# Noise passes at this many of its own standard deviations once in 10,000 pairs or less.
_SPREADS_OF_CHANCE = 5


def adjusted_mutual_information_gap(codes, factors, bins=20):
    """`mutual_information_gap` without the information that chance alone gives.

    What is corrected. Mutual information from counts is too large, by about
    (bins - 1)(values - 1) / 2n nats for a code that knows nothing: 0.04 with 40 values
    and 10,000 rows, 0.19 with 2,000. That lifts the second best code and lowers the
    gap, the more so the fewer rows there are. Here the average over all ways to pair
    the rows is taken off, down to 0 at the least, and the rest is divided by the most
    it could have been: the factor's entropy less the same average.

    It is not the default because published scores are without it.

    Known faults. As in mutual_information_gap 20 bins cannot tell 32 or 40 values
    apart.

    Args:
        codes: float array, shape `(n, latent_dim)`, latent_dim >= 2; a constant code
            has no information.
        factors: int array, shape `(n, factors)`, class indices, each with two or more.
            A factor that is different in every row scores 0: every code then tells as
            much of it as chance does.
        bins: int >= 2, equal-width bins per code; see `discretise`.

    Returns:
        `Score`, its protocol "custom". Parts: `mutual_information` and
        `expected_mutual_information` `(latent_dim, factors)` in nats,
        `adjusted_mutual_information` `(latent_dim, factors)` in [0, 1],
        `factor_entropy` `(factors,)` in nats, `per_factor` `(factors,)`.

    Raises:
        ValueError: lengths that differ, NaN, one latent, a constant factor, factors
            that are no classes, or `bins` out of range.

    Source: Chen et al. 2018 (arXiv:1802.04942), equation 6, with the adjustment for
    chance of Vinh, Epps & Bailey 2010, the factor's entropy as its maximum.
    """
    started = time.perf_counter()
    codes = as_codes(codes)
    factors = as_factors(factors, len(codes))
    require_two_codes(codes)
    require_varying(factors)
    binned = discretise(codes, bins)
    information = mutual_information(binned, factors)
    by_chance = expected_mutual_information(binned, factors)
    entropies = entropy(factors)
    adjusted = _share_beyond_chance(information, by_chance, entropies)
    per_factor = gap_of_two_largest(adjusted)
    return Score(
        name="adjusted_mutual_information_gap",
        score=float(per_factor.mean()),
        parts={
            "mutual_information": information,
            "expected_mutual_information": by_chance,
            "adjusted_mutual_information": adjusted,
            "factor_entropy": entropies,
            "per_factor": per_factor,
        },
        protocol=CUSTOM,
        settings={"bins": bins, "train_points": len(codes)},
        seed=None,
        seconds=time.perf_counter() - started,
    )


def adjusted_modularity(codes, factors, bins=20):
    """`modularity` of the codes that tell something, chance taken off.

    What is corrected. Mutual information from counts is too large, the more so the more
    values a factor has; so pure noise, and a collapsed code whose noise fills the bins,
    seem to tell of the largest factors, and get about 2/3 with those of dSprites. An
    exactly constant code gets 0 and lowers the average. Here the average over all ways
    to pair the rows is taken off each information, down to 0 at the least, and a code
    that tells nothing then is left out: one whose every information exceeds chance by
    0.01 nats or less, or by 5 standard deviations of chance or less (in n rows
    sqrt(dof / 2) / n each, with dof = (bins - 1)(values - 1) of those that occur).

    It is not the default because published scores are without it.

    Args:
        codes: float array, shape `(n, latent_dim)`.
        factors: int array, shape `(n, factors)`, class indices, factors >= 2, each
            with two values or more.
        bins: int >= 2, equal-width bins per code; see `discretise`.

    Returns:
        `Score`, its protocol "custom"; 0 if no code tells anything. Parts:
        `mutual_information`, `expected_mutual_information` and
        `information_beyond_chance` `(latent_dim, factors)` in nats; `codes`, the
        numbers of the codes that tell something; `per_code`, one value for each of
        those.

    Raises:
        ValueError: lengths that differ, NaN, a single factor, a constant one, factors
            that are no classes, or `bins` out of range.

    Source: Ridgeway & Mozer 2018 (arXiv:1802.05312), their modularity; expected
    information from Vinh, Epps & Bailey 2010, its spread from Wilks 1938. Leaving codes
    out is ours.
    """
    started = time.perf_counter()
    codes = as_codes(codes)
    factors = as_factors(factors, len(codes))
    require_varying(factors, least=2)
    binned = discretise(codes, bins)
    information = mutual_information(binned, factors)
    by_chance = expected_mutual_information(binned, factors)
    beyond_chance = np.maximum(information - by_chance, 0.0)
    least = np.maximum(LEAST_INFORMATION, _SPREADS_OF_CHANCE * _spread(binned, factors))
    telling = np.flatnonzero((beyond_chance > least).any(axis=1))
    per_code = modularity_of_each_code(beyond_chance[telling])
    return Score(
        name="adjusted_modularity",
        score=float(per_code.mean()) if telling.size else 0.0,
        parts={
            "mutual_information": information,
            "expected_mutual_information": by_chance,
            "information_beyond_chance": beyond_chance,
            "codes": telling,
            "per_code": per_code,
        },
        protocol=CUSTOM,
        settings={
            "bins": bins,
            "least_information": LEAST_INFORMATION,
            "train_points": len(codes),
        },
        seed=None,
        seconds=time.perf_counter() - started,
    )


def _share_beyond_chance(information, by_chance, entropies):
    possible = entropies - by_chance
    # All rows different: chance reaches the entropy, up to rounding.
    is_possible = possible > 1e-9
    share = (information - by_chance) / np.where(is_possible, possible, 1.0)
    return np.where(is_possible, np.clip(share, 0.0, 1.0), 0.0)


def _spread(binned, factors):
    """Standard deviation of the information of independent columns, in nats.

    2 n I is nearly χ² with (bins - 1)(values - 1) degrees of freedom (Wilks 1938).
    """
    counts = [
        np.array([np.unique(column).size for column in array.T])
        for array in (binned, factors)
    ]
    freedom = np.outer(counts[0] - 1, counts[1] - 1)
    return np.sqrt(freedom / 2) / len(binned)
