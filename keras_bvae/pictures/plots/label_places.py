"""Where labels go that would lie on each other."""

import numpy as np


def spread_apart(places, least_gap, low=0.0, high=1.0):
    """Moves places as little as can be so that no two are closer than a gap.

    Their order stays. Where there is no room for all, the gap shrinks.

    Args:
        places: array of float, shape `(n,)`, where each label would like to be.
        least_gap: float above 0, in the same unit.
        low, high: floats, the ends between which all must lie.

    Returns:
        NumPy array of float64, shape `(n,)`.
    """
    places = np.asarray(places, np.float64)
    if len(places) < 2:
        return np.clip(places, low, high)
    gap = min(least_gap, (high - low) / (len(places) - 1))
    order = np.argsort(places, kind="stable")
    offsets = gap * np.arange(len(places))
    # What is left without the gaps may only rise: least squares under that rule.
    wanted = _rising(places[order] - offsets)
    moved = np.empty_like(places)
    moved[order] = np.clip(wanted, low, high - offsets[-1]) + offsets
    return moved


def _rising(values):
    """The nearest sequence, by squares, that never falls: pooled neighbours."""
    pools = []  # of [mean, count]
    for value in values:
        pools.append([value, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, count = pools.pop()
            before, earlier = pools[-1]
            total = count + earlier
            pools[-1] = [(mean * count + before * earlier) / total, total]
    return np.concatenate([np.full(count, mean) for mean, count in pools])
