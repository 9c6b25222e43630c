"""Reconstruction terms: -log p(image | code), by the likelihood of a pixel."""

import math

from keras import ops

from keras_bvae.losses.same_shape import require_same_shape
from keras_bvae.rules import require_finite

# Names that `BetaVAE(likelihood=…)` and `kbvae train --likelihood` understand.
LIKELIHOODS = ("bernoulli", "gaussian")
# What `gaussian_scale` may be besides a number.
MOVING_SCALES = ("learned", "optimal")


def bernoulli_reconstruction(images, logits):
    """-log p(image | code) where each pixel is a Bernoulli variable.

    Grey values between 0 and 1 are read as probabilities, so the term is then a
    cross-entropy, and its least value is the pixels' own entropy instead of 0.

    Args:
        images: float tensor in [0, 1], shape `(batch, height, width, channels)`.
        logits: float tensor, same shape; log odds of a pixel being 1.

    Returns:
        Float tensor, shape `(batch,)`, in nats, summed over pixels and channels.

    Raises:
        ValueError: the two shapes differ.

    Source: Kingma & Welling 2014 (arXiv:1312.6114), appendix C.1.
    """
    images, logits = ops.convert_to_tensor(images), ops.convert_to_tensor(logits)
    require_same_shape(images=images, logits=logits)
    # -x log σ(l) - (1 - x) log(1 - σ(l)) = softplus(l) - x l, with no log of 0.
    return _sum_over_pixels(ops.softplus(logits) - images * logits)


def gaussian_reconstruction(images, means, scale=1.0, log_scale=None):
    """-log p(image | code) where each pixel is N(mean, scale²).

    The normalising constant log(scale √(2π)) is counted, so values are true nats and
    comparable between scales; of a scale that is a number it has no gradient.

    Args:
        images: float tensor in [0, 1], shape `(batch, height, width, channels)`.
        means: float tensor, same shape; the decoder's output.
        scale: float > 0, the standard deviation of every pixel.
        log_scale: scalar float tensor, its natural log, in place of `scale` where the
            scale is learned; or None.

    Returns:
        Float tensor, shape `(batch,)`, in nats, summed over pixels and channels.

    Raises:
        ValueError: the two shapes differ, or `scale` is not above 0 and finite.

    Source: Kingma & Welling 2014 (arXiv:1312.6114), appendix C.2, with one fixed
        variance; Rybkin et al. 2021 (arXiv:2006.13202) for one that is learned.
    """
    images, means = ops.convert_to_tensor(images), ops.convert_to_tensor(means)
    require_same_shape(images=images, means=means)
    if log_scale is not None:
        errors = (images - means) * ops.exp(-log_scale)
        constant = log_scale + 0.5 * math.log(2 * math.pi)
        return _sum_over_pixels(0.5 * ops.square(errors) + constant)
    require_finite("scale", scale, above=0, advice="1.0 is the usual choice.")
    constant = math.log(scale) + 0.5 * math.log(2 * math.pi)
    return _sum_over_pixels(0.5 * ops.square((images - means) / scale) + constant)


def categorical_reconstruction(classes, logits):
    """-log p(class | code) of one categorical variable, wherever it is seen.

    Rows between 0 and 1 are read as probabilities, as for the Bernoulli term.

    Args:
        classes: float tensor, shape `(batch, …, classes)`, rows that sum to 1: one-hot,
            or probabilities.
        logits: float tensor, same shape; log probabilities up to a constant a row.

    Returns:
        Float tensor, shape `(batch,)`, in nats, summed over the axes between.

    Raises:
        ValueError: the two shapes differ.

    Source: the cross-entropy of a softmax; Bishop 2006, section 4.3.4.
    """
    classes, logits = ops.convert_to_tensor(classes), ops.convert_to_tensor(logits)
    require_same_shape(classes=classes, logits=logits)
    return -_sum_over_pixels(classes * ops.log_softmax(logits, axis=-1))


def _sum_over_pixels(values):
    return ops.sum(values, axis=tuple(range(1, len(values.shape))))
