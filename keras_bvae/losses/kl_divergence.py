"""KL divergence of a diagonal Gaussian posterior from the unit Gaussian prior."""

from keras import ops

from keras_bvae.losses.same_shape import require_same_shape


def gaussian_kl_divergence(mean, log_variance):
    """KL divergence from N(mean, exp(log_variance)) to N(0, 1), per latent.

    Args:
        mean: float tensor, shape `(batch, latent_dim)`.
        log_variance: float tensor, same shape; natural log of the variance.

    Returns:
        Float tensor, shape `(batch, latent_dim)`, in nats. Nothing is summed.

    Raises:
        ValueError: the two shapes differ.

    Source: Kingma & Welling 2014 (arXiv:1312.6114), appendix B.
    """
    mean = ops.convert_to_tensor(mean)
    log_variance = ops.convert_to_tensor(log_variance)
    require_same_shape(mean=mean, log_variance=log_variance)
    # expm1 keeps the digits that exp(x) - 1 loses when the posterior nears the prior.
    return 0.5 * (ops.square(mean) + ops.expm1(log_variance) - log_variance)
