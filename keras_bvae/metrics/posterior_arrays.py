"""The rule for posteriors that arrive as two arrays."""

import numpy as np


def as_posteriors(mean, log_variance):
    """Gives both back as float64, once they are what they should be.

    Args:
        mean: array, shape `(images, latent_dim)`.
        log_variance: array, same shape; natural log of the variance.

    Returns:
        `(mean, log_variance)`.

    Raises:
        ValueError: the two shapes differ or have other axes, or a value is not finite.
    """
    mean = np.asarray(mean, np.float64)
    log_variance = np.asarray(log_variance, np.float64)
    if mean.ndim != 2 or mean.shape != log_variance.shape:
        raise ValueError(
            "`mean` and `log_variance` must have one shape, (images, latent_dim); "
            f"received mean.shape={mean.shape}, "
            f"log_variance.shape={log_variance.shape}. Pass both outputs of `encode`."
        )
    if not (np.isfinite(mean).all() and np.isfinite(log_variance).all()):
        raise ValueError(
            "`mean` and `log_variance` must be finite; received NaN or infinity. "
            "The model has diverged: use an earlier checkpoint."
        )
    return mean, log_variance
