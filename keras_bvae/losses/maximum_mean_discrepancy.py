"""Maximum mean discrepancy: how far codes lie from draws of the prior."""

from keras import ops

from keras_bvae.losses.same_shape import require_same_shape
from keras_bvae.rules import require_finite


def maximum_mean_discrepancy(codes, prior_codes, bandwidth=None):
    """MMD² of two samples under k(a, b) = exp(-‖a - b‖² / (2 bandwidth²)).

    The average kernel within each sample, less twice the one between them. Each point
    is also compared with itself (a V-statistic), so the value is never below 0, up to
    rounding, and for two equal distributions about 2 (1 - E k) / batch.

    Args:
        codes: float tensor, shape `(batch, latent_dim)`.
        prior_codes: float tensor, same shape, drawn from the prior.
        bandwidth: float > 0, in the unit of the codes; None for the authors' choice,
            2 bandwidth² = latent_dim².

    Returns:
        Float scalar in [0, 2], without a unit, averaged over all pairs of the batch.

    Raises:
        ValueError: the shapes differ, or `bandwidth` is not above 0 and finite.

    Source: Zhao et al. 2017 (arXiv:1706.02262), the divergence MMD of InfoVAE.
    """
    require_bandwidth(bandwidth)
    codes = ops.convert_to_tensor(codes)
    prior_codes = ops.convert_to_tensor(prior_codes)
    require_same_shape(codes=codes, prior_codes=prior_codes)
    scale = codes.shape[-1] ** 2 if bandwidth is None else 2 * bandwidth**2
    return (
        _average_kernel(codes, codes, scale)
        + _average_kernel(prior_codes, prior_codes, scale)
        - 2 * _average_kernel(codes, prior_codes, scale)
    )


def _average_kernel(a, b, scale):
    # Differences first: ‖a‖² + ‖b‖² - 2ab loses the digits of near points.
    squared_distance = ops.sum(ops.square(a[:, None] - b[None]), axis=-1)
    return ops.mean(ops.exp(-squared_distance / scale))


def require_bandwidth(bandwidth):
    """Raises unless the bandwidth is a finite number > 0, or None.

    Raises:
        ValueError: it is not.
    """
    advice = "Use None for the authors' choice."
    require_finite("bandwidth", bandwidth, above=0, advice=advice, optional=True)
