"""The lead of the best code over the second best, which MIG and SAP share."""

import numpy as np


def gap_of_two_largest(table):
    """Largest minus second largest entry of each column.

    Args:
        table: array, shape `(latent_dim, factors)`, latent_dim >= 2.

    Returns:
        float64 array, shape `(factors,)`, >= 0.
    """
    second, first = np.sort(np.asarray(table, np.float64), axis=0)[-2:]
    return first - second
