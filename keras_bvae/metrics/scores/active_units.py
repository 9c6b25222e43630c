"""How many latents a model uses: those whose mean changes with the image."""

import time
from numbers import Real

import numpy as np

from keras_bvae.metrics.estimators.code_variance import variance_of_codes
from keras_bvae.metrics.protocols import CUSTOM
from keras_bvae.metrics.representation_arrays import as_codes
from keras_bvae.metrics.score import Score

# Burda et al. found the variances of their models to lie far off on either side.
PUBLISHED_THRESHOLD = 0.01


def active_units(mean, threshold=PUBLISHED_THRESHOLD):
    """Number of latents whose posterior mean varies over the images.

    A latent that the model does not use has a posterior equal to the prior, whatever
    the image: its mean stays at 0.

    Known fault. The threshold is absolute, for codes of unit scale, as the prior asks
    for; a model without a KL term may inform by means of any scale.

    Args:
        mean: float array, shape `(images, latent_dim)`, images >= 2.
        threshold: float >= 0; a latent is active if its variance is above.

    Returns:
        `Score`, `.score` the number of active latents. Parts: `variances`
        `(latent_dim,)`, over the images (ddof 0); `active` `(latent_dim,)`, bool. The
        protocol is "burda2016" with the paper's threshold.

    Raises:
        ValueError: another shape, fewer than two images, values that are not finite,
            or a `threshold` out of range.

    Source: Burda et al. 2016 (arXiv:1509.00519), "Latent space representation".
    """
    started = time.perf_counter()
    mean = as_codes(mean, "mean")
    if not isinstance(threshold, Real) or not 0 <= threshold < np.inf:
        raise ValueError(
            "`threshold` must be a finite number >= 0; received "
            f"threshold={threshold!r}. Use 0.01."
        )
    variances = variance_of_codes(mean, ddof=0)
    active = variances > threshold
    return Score(
        name="active_units",
        score=float(active.sum()),
        parts={"variances": variances, "active": active},
        protocol="burda2016" if threshold == PUBLISHED_THRESHOLD else CUSTOM,
        settings={"threshold": float(threshold), "images": len(mean)},
        seed=None,
        seconds=time.perf_counter() - started,
    )
