"""Lasso regression of many targets on the same inputs, solved at once."""

import numpy as np

# A sweep that moves no coefficient of standardised codes by more has converged: fits
# agree with scikit-learn's at its tightest to nine digits.
_SMALLEST_STEP = 1e-10
# A few dozen usually do. Only inputs that are almost equal need more, and how a weight
# is shared among equals is arbitrary.
_MOST_SWEEPS = 10_000


def lasso_coefficients(inputs, targets, alpha):
    """Minimises `sum (y - X w)² / 2n + alpha sum |w|` for each target, by coordinates.

    Args:
        inputs: float array X, shape `(n, inputs)`, each column with mean 0; a column
            of zeros gets the coefficient 0.
        targets: float array, shape `(n, targets)`, each column with mean 0.
        alpha: float >= 0.

    Returns:
        float64 array, shape `(inputs, targets)`.

    Source: Friedman et al. 2010 (Journal of Statistical Software 33), section 2.
    """
    gram = inputs.T @ inputs / len(inputs)
    covariance = inputs.T @ targets / len(inputs)
    weights = np.zeros_like(covariance)
    usable = np.flatnonzero(np.diag(gram) > 0)
    for _ in range(_MOST_SWEEPS):
        largest_step = 0.0
        for i in usable:
            rest = covariance[i] - gram[i] @ weights + gram[i, i] * weights[i]
            shrunk = np.sign(rest) * np.maximum(np.abs(rest) - alpha, 0) / gram[i, i]
            step = np.abs(shrunk - weights[i]).max(initial=0)
            largest_step = max(largest_step, step)
            weights[i] = shrunk
        if largest_step <= _SMALLEST_STEP:
            break
    return weights
