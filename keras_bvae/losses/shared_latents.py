"""Latents that a pair of images shares get one posterior."""

import math

from keras import ops

from keras_bvae.errors import InvalidValue
from keras_bvae.losses.same_shape import require_same_shape


def share_latents(mean, log_variance):
    """One posterior for both images of a pair, in the latents that barely differ.

    With δ_k = KL(q(z_k|x1) ‖ q(z_k|x2)), latent k is shared where δ_k lies below
    τ = (max_k δ_k + min_k δ_k) / 2 of its pair. There both images get the average of
    the two means and of the two variances; elsewhere each keeps its own. A pair of
    equal images has δ = τ everywhere: nothing is averaged, and nothing would change.

    No gradient flows through the comparison.

    Args:
        mean: float tensor, shape `(pairs, 2, latent_dim)`.
        log_variance: float tensor, same shape; natural log of the variance.

    Returns:
        `(mean, log_variance, is_shared)`: the first two in the shapes of the inputs;
        `is_shared` is 1 or 0 in the inputs' dtype, shape `(pairs, latent_dim)`.

    Raises:
        ValueError: the shapes differ, or are not `(pairs, 2, latent_dim)`.

    Source: Locatello et al. 2020 (arXiv:2002.02886), section 4, Ada-GVAE.
    """
    mean = ops.convert_to_tensor(mean)
    log_variance = ops.convert_to_tensor(log_variance)
    require_same_shape(mean=mean, log_variance=log_variance)
    _require_pairs(mean)
    distance = ops.stop_gradient(_kl_within_pair(mean, log_variance))
    largest = ops.max(distance, axis=-1, keepdims=True)
    smallest = ops.min(distance, axis=-1, keepdims=True)
    is_shared = distance < 0.5 * (largest + smallest)
    shared_mean = ops.mean(mean, axis=1, keepdims=True)
    # The log of the average variance, with no overflow on the way.
    shared_log_variance = ops.logsumexp(log_variance, axis=1, keepdims=True)
    shared_log_variance = shared_log_variance - math.log(2)
    in_both = is_shared[:, None, :]
    return (
        ops.where(in_both, shared_mean, mean),
        ops.where(in_both, shared_log_variance, log_variance),
        ops.cast(is_shared, mean.dtype),
    )


def _kl_within_pair(mean, log_variance):
    """KL(q(z_k|x1) ‖ q(z_k|x2)), shape `(pairs, latent_dim)`, in nats."""
    shift = mean[:, 0] - mean[:, 1]
    log_ratio = log_variance[:, 0] - log_variance[:, 1]
    shift_share = ops.square(shift) * ops.exp(-log_variance[:, 1])
    return 0.5 * (shift_share + ops.expm1(log_ratio) - log_ratio)


def _require_pairs(mean):
    if len(mean.shape) != 3 or mean.shape[1] != 2:
        raise InvalidValue(
            "`mean` must have the shape (pairs, 2, latent_dim); received "
            f"mean.shape={tuple(mean.shape)}. Stack the two images of a pair on axis 1."
        )
