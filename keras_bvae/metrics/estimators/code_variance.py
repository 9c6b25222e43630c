"""The variance of each code, without rounding errors where a code is constant."""

import numpy as np


def variance_of_codes(codes, ddof):
    """Variance over rows, code by code.

    Args:
        codes: float array, shape `(..., n, latent_dim)`, n > ddof.
        ddof: int, 1 for n - 1 in the denominator, 0 for n.

    Returns:
        float64 array, shape `(..., latent_dim)`; exactly 0 where a code is constant.

    Raises:
        ValueError: a code is so large that float64 cannot hold its variance.
    """
    codes = np.asarray(codes, np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        # The mean of equal numbers is rounded, so their variance would not be 0; that
        # of their differences is.
        variances = np.var(codes - codes[..., :1, :], axis=-2, ddof=ddof)
    if not np.isfinite(variances).all():
        raise ValueError(
            "Codes must be small enough to have a variance; received numbers up to "
            f"{np.abs(codes).max():.3g}. The model has diverged: use an earlier "
            "checkpoint."
        )
    return variances
