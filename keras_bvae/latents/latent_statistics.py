"""What each latent carries: KL, quantiles, alive or dead, and the words for it."""

from dataclasses import dataclass

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics.representation_arrays import as_posteriors
from keras_bvae.rules import is_finite

# A latent that carries less than this is called dead. 0.01 nats is a seventieth of a
# bit: in the published β-TCVAE every collapsed latent logs 0.00 and the weakest working
# one of all three published models 0.28. Burda et al. 2015 (arXiv:1509.00519) draw the
# line at a variance of 0.01 of the posterior mean, which is about 0.005 nats.
DEAD_BELOW_NATS = 0.01


@dataclass(frozen=True)
class LatentStatistics:
    """What each latent carries over a sample of images.

    Attributes:
        codes: NumPy array, shape `(images, latent_dim)`, posterior means.
        log_variance: NumPy array, same shape; natural log of the posterior variance.
        kl: NumPy array, shape `(latent_dim,)`, nats, averaged over the images.
        probabilities: NumPy array, shape `(quantiles,)`, in [0, 1].
        quantiles: NumPy array, shape `(quantiles, latent_dim)`, of the codes.
        active: NumPy array of bool, shape `(latent_dim,)`; False for a dead latent.
    """

    codes: np.ndarray
    log_variance: np.ndarray
    kl: np.ndarray
    probabilities: np.ndarray
    quantiles: np.ndarray
    active: np.ndarray


def latent_statistics(encode, images, probabilities=(0.025, 0.25, 0.5, 0.75, 0.975)):
    """Encodes a sample of images once and says what each latent carries.

    Args:
        encode: callable, images to `(mean, log_variance)`, each a NumPy array of shape
            `(images, latent_dim)`; a model's `encode` is one.
        images: NumPy array, shape `(images, height, width, channels)`.
        probabilities: sequence of floats in [0, 1], which quantiles to take.

    Returns:
        LatentStatistics; arithmetic in float64.

    Raises:
        ValueError: no image, a probability outside [0, 1], or `encode` gave something
            else than two arrays of finite numbers.
    """
    if len(images) == 0:
        raise InvalidValue(
            "`images` must hold at least one image; received none. "
            "Draw a sample with `sample_images(dataset, count)`."
        )
    if not all(is_finite(probability, 0, 1) for probability in probabilities):
        raise InvalidValue(
            "`probabilities` must be finite numbers from 0 to 1; received "
            f"{probabilities!r}. 0.5 is the median."
        )
    mean, log_variance = as_posteriors(*_pair(encode(images)))
    kl = mean_kl_per_latent(mean, log_variance)
    return LatentStatistics(
        codes=mean,
        log_variance=log_variance,
        kl=kl,
        probabilities=np.asarray(probabilities, np.float64),
        quantiles=np.quantile(mean, probabilities, axis=0),
        active=is_active(kl),
    )


def mean_kl_per_latent(mean, log_variance):
    """KL divergence from N(mean, exp(log_variance)) to N(0, 1), averaged over images.

    Args:
        mean: NumPy array, shape `(images, latent_dim)`.
        log_variance: NumPy array, same shape; natural log of the variance.

    Returns:
        NumPy array of float64, shape `(latent_dim,)`, in nats.

    Raises:
        ValueError: the two shapes differ, or a value is not finite.

    Source: Kingma & Welling 2014 (arXiv:1312.6114), appendix B.
    """
    mean, log_variance = as_posteriors(mean, log_variance)
    kl = 0.5 * (np.square(mean) + np.expm1(log_variance) - log_variance)
    return kl.mean(axis=0)


def is_active(kl):
    """Whether each latent carries enough to be called alive.

    Args:
        kl: NumPy array, shape `(latent_dim,)`, in nats.

    Returns:
        NumPy array of bool, same shape; False below `DEAD_BELOW_NATS`.
    """
    return np.asarray(kl) >= DEAD_BELOW_NATS


def latent_name(latent):
    """What a latent is called everywhere: `z0`, `z1`, …"""
    return f"z{latent}"


def kl_text(kl):
    """A latent's KL with its unit, as `2.51 nats`."""
    # A KL is at least 0; rounding in the encoder must not print as -0.00.
    return f"{max(kl, 0.0):.2f} nats"


def latent_remarks(kl, values, shares_values):
    """What there is to say of a latent besides its KL, in short lines.

    Args:
        kl: float, nats.
        values: NumPy array, shape `(steps,)`, what the latent is set to.
        shares_values: bool, whether every latent has these values; if not, the
            remark says where they begin and end.

    Returns:
        tuple of str, empty where there is nothing to remark.
    """
    remarks = []
    if not shares_values:
        remarks.append(f"{_two_decimals(values[0])} to {_two_decimals(values[-1])}")
    if not is_active(kl):
        remarks.append("dead")
    return tuple(remarks)


def _pair(encoded):
    if not isinstance(encoded, tuple | list) or len(encoded) != 2:
        raise InvalidValue(
            "`encode` must return (mean, log_variance); received a "
            f"{type(encoded).__name__}. Pass a model's own `encode`."
        )
    return encoded


def _two_decimals(value):
    # Adding 0.0 turns the -0.0 that rounding can leave into 0.0.
    return f"{round(float(value), 2) + 0.0:.2f}"
