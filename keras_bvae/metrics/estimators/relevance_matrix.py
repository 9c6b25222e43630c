"""How strongly each code of one model relates to each code of another."""

import numpy as np

from keras_bvae.metrics.estimators.lasso_coefficients import lasso_coefficients

# Of the reference code; as it shrinks coefficients, equal codes get 0.9 instead of 1.
LASSO_ALPHA = 0.1
METHODS = ("lasso", "spearman")


def comparable_codes(codes, is_active, method):
    """Codes with mean 0 and variance 1 (ddof 0); for "spearman" their ranks so.

    Args:
        codes: float64 array, shape `(n, latent_dim)`.
        is_active: bool array, shape `(latent_dim,)`.
        method: str, "lasso" or "spearman".

    Returns:
        float64 array, shape `(n, latent_dim)`; 0 where a code is inactive or constant.
    """
    if method == "spearman":
        from scipy.stats import rankdata

        codes = rankdata(codes, axis=0)
    # No square can overflow or vanish, however large or small the codes.
    codes = codes / np.maximum(np.abs(codes).max(0), np.finfo(np.float64).tiny)
    codes = codes - codes[0]
    is_varying = is_active & codes.any(0)
    codes = codes - codes.mean(0)
    return np.where(is_varying, codes, 0) / np.where(is_varying, codes.std(0), 1)


def relevance_matrix(codes, targets, method):
    """Relevance of each code to each target.

    "lasso": the absolute coefficient of the code in a Lasso (alpha 0.1) that predicts
    the target from all codes. "spearman": the absolute rank correlation, NaN where a
    code or a target is constant.

    Args:
        codes: float64 array, shape `(n, codes)`, of `comparable_codes`.
        targets: float64 array, shape `(n, targets)`, of the same; may be the codes of
            several models side by side.
        method: str, "lasso" or "spearman".

    Returns:
        float64 array, shape `(codes, targets)`, all >= 0 or NaN.

    Source: Duan et al. 2020 (arXiv:1905.12614), section 4.
    """
    if method == "lasso":
        return np.abs(lasso_coefficients(codes, targets, LASSO_ALPHA))
    correlation = np.abs(codes.T @ targets) / len(codes)
    correlation[~codes.any(0)] = np.nan
    correlation[:, ~targets.any(0)] = np.nan
    return correlation


def relative_strength(matrix):
    """How far a relevance matrix is one-to-one: 1 if each row has one partner.

    For each column max² / sum, and the mean of that; the same for the rows; the mean of
    both. A column or row that is all 0 or that holds NaN counts as 0, as in the
    reference.

    Args:
        matrix: float array, shape `(codes, targets)`, all >= 0 or NaN; may be empty.

    Returns:
        float in [0, 1] if no entry exceeds 1; 0 for an empty matrix.

    Source: Duan et al. 2020 (arXiv:1905.12614), section 4, without its weights: the
    reference leaves inactive latents out of the matrix instead.
    """
    matrix = np.asarray(matrix, np.float64)
    if not matrix.size:
        return 0.0
    return float(np.mean([_strength_along(matrix, axis) for axis in (0, 1)]))


def _strength_along(matrix, axis):
    with np.errstate(invalid="ignore"):
        sums, largest = matrix.sum(axis), matrix.max(axis)
        return np.divide(
            largest**2, sums, out=np.zeros_like(sums), where=sums > 0
        ).mean()
