"""Log density of a diagonal Gaussian, the brick of every density of codes."""

import math

from keras import ops

LOG_TWO_PI = math.log(2 * math.pi)


def gaussian_log_density(codes, mean, log_variance):
    """log N(codes; mean, exp(log_variance)), per latent.

    The three broadcast: `codes[:, None]` with `mean[None]` and `log_variance[None]`
    gives every code's density under every posterior of the batch. Shapes that do not
    broadcast raise the backend's own error.

    Args:
        codes: float tensor, shape `(batch, latent_dim)`, or any that broadcasts.
        mean: float tensor, same.
        log_variance: float tensor, same; natural log of the variance.

    Returns:
        Float tensor of the broadcast shape, in nats. Nothing is summed.

    Source: the normal density; the q(z|x) of Kingma & Welling 2014 (arXiv:1312.6114),
        equation 9.
    """
    codes = ops.convert_to_tensor(codes)
    mean = ops.convert_to_tensor(mean)
    log_variance = ops.convert_to_tensor(log_variance)
    squared_distance = ops.square(codes - mean) * ops.exp(-log_variance)
    return -0.5 * (squared_distance + log_variance + LOG_TWO_PI)
