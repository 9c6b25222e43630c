"""How far the covariance of the codes is from the identity, DIP-VAE's penalty."""

from keras import ops

from keras_bvae.errors import InvalidValue
from keras_bvae.losses.same_shape import require_same_shape


def covariance_gap(mean, log_variance=None):
    """Squared distance of the codes' covariance C from I, on and off the diagonal.

    C is the covariance of the posterior means over the batch, divided by `batch` as in
    the reference implementation. With `log_variance` it is the covariance of the codes
    themselves: the average posterior variance is added on the diagonal.

    Args:
        mean: float tensor, shape `(batch, latent_dim)`, batch > 1.
        log_variance: float tensor, same shape, natural log of the variance, for
            DIP-VAE-II; None for DIP-VAE-I.

    Returns:
        `(off_diagonal, diagonal)`, two float scalars without a unit: Σ_{i≠j} C_ij²
        (each pair counts twice) and Σ_i (C_ii - 1)². The batch is used up in C.

    Raises:
        ValueError: the shapes differ, or the batch is known to be 1.

    Source: Kumar et al. 2018 (arXiv:1711.00848), equations 6 (DIP-VAE-I) and 7
        (DIP-VAE-II).
    """
    mean = ops.convert_to_tensor(mean)
    _require_batch(mean)
    if log_variance is not None:
        log_variance = ops.convert_to_tensor(log_variance)
        require_same_shape(mean=mean, log_variance=log_variance)
    centered = mean - ops.mean(mean, axis=0)
    # Not a matrix product: on a GPU TensorFlow rounds those to 10 bits.
    covariance = ops.mean(centered[:, :, None] * centered[:, None, :], axis=0)
    variances = ops.mean(ops.square(centered), axis=0)
    if log_variance is not None:
        variances = variances + ops.mean(ops.exp(log_variance), axis=0)
    is_off_diagonal = 1 - ops.eye(mean.shape[-1], dtype=mean.dtype)
    off_diagonal = ops.sum(ops.square(covariance) * is_off_diagonal)
    return off_diagonal, ops.sum(ops.square(variances - 1))


def _require_batch(mean):
    if mean.shape[0] == 1:
        raise InvalidValue(
            "The batch of `mean` must hold 2 rows or more, as one has no covariance; "
            f"received mean.shape={tuple(mean.shape)}. Use a larger batch, and drop a "
            "last batch of 1."
        )
