"""A bound on log p(x) that several draws per image make tighter than the ELBO."""

import dataclasses

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.files.json_file import plain
from keras_bvae.metrics.representation_arrays import as_floats


@dataclasses.dataclass(frozen=True)
class ImportanceWeightedBound:
    """Bounds on the mean log p(x), in nats, all from the same draws.

    Args:
        bound: float, mean over images of log mean exp over samples of the log weights.
        elbo: float, mean of the log weights; never above `bound`.
        standard_error: dict of float, of `bound` and `elbo`, from their spread over
            images; it holds the noise of the draws and of the choice of images, not
            the distance of the bound from log p(x).
        effective_sample_share: float in [1 / samples, 1]: mean over images of
            (sum w)² / (samples · sum w²). Near 1 / samples one draw makes the bound,
            and more draws would raise it.
        samples: int, draws per image.
        images: int.
    """

    bound: float
    elbo: float
    standard_error: dict
    effective_sample_share: float
    samples: int
    images: int

    def as_dict(self):
        """The record in plain Python types."""
        return plain(dataclasses.asdict(self))


def importance_weighted_bound(log_weights):
    """The importance-weighted bound on log p(x), and the ELBO of the same draws.

    With z_1 … z_k drawn from q(z|x), log of the mean weight p(x, z) / q(z|x) is at most
    log p(x) on average, rises with k, and tends to log p(x). With k = 1 it is the ELBO.

    Many images: compute `log_mean_exp` for some at a time and join the results; their
    mean is the bound. Many samples: see there.

    Args:
        log_weights: float array, shape `(samples, images)`, samples >= 1, images >= 2:
            log p(x, z) - log q(z|x) in nats, z drawn from q(z|x). Each is a sum over
            all pixels and latents. All must be finite, as they are for any decoder
            whose likelihood was computed from logits.

    Returns:
        `ImportanceWeightedBound`.

    Raises:
        ValueError: another shape, no sample, fewer than two images, or a log weight
            that is NaN or infinite.

    Source: Burda et al. 2016 (arXiv:1509.00519), equation 8.
    """
    log_weights = _as_log_weights(log_weights)
    samples, images = log_weights.shape
    bounds, elbos = log_mean_exp(log_weights), log_weights.mean(0)
    # log of (mean w)² / mean w², which the scale of the weights leaves as it is.
    log_shares = 2 * bounds - log_mean_exp(2 * log_weights)
    return ImportanceWeightedBound(
        bound=float(bounds.mean()),
        elbo=float(elbos.mean()),
        standard_error={
            name: float(values.std(ddof=1) / np.sqrt(images))
            for name, values in (("bound", bounds), ("elbo", elbos))
        },
        # Rounding may leave it a digit above 1.
        effective_sample_share=float(np.minimum(np.exp(log_shares), 1).mean()),
        samples=samples,
        images=images,
    )


def log_mean_exp(values, axis=0):
    """log of the mean of exp(values), without overflow.

    Chunks of equal length can be taken one by one: the result of their results is the
    result of all.

    Args:
        values: float array with at least one entry along `axis`; -inf counts as a
            weight of 0, NaN and +inf pass through.
        axis: int.

    Returns:
        float64 array, `values` without `axis`; -inf where all entries are.

    Raises:
        ValueError: there is no entry along `axis`.
    """
    values = np.asarray(values, np.float64)
    if not values.shape[axis]:
        raise InvalidValue(
            "A mean needs at least one entry; received "
            f"shape {values.shape} with axis={axis}. Draw one sample or more."
        )
    largest = values.max(axis, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0)
    with np.errstate(divide="ignore"):
        logs = np.log(np.exp(values - largest).mean(axis))
    return logs + largest.squeeze(axis)


def _as_log_weights(log_weights):
    rule, advice = "numbers, (samples, images)", "Pass one row per draw."
    log_weights = as_floats(log_weights, "log_weights", rule, advice)
    if log_weights.ndim != 2 or not len(log_weights) or log_weights.shape[1] < 2:
        raise InvalidValue(
            "`log_weights` must have shape (samples, images) with samples >= 1 and "
            f"images >= 2; received shape {log_weights.shape}. For one image use "
            "log_mean_exp."
        )
    is_bad = ~np.isfinite(log_weights)
    if is_bad.any():
        raise InvalidValue(
            "`log_weights` must be finite; received NaN or infinity for "
            f"{int(is_bad.any(0).sum())} of {log_weights.shape[1]} images. Compute the "
            "likelihood from logits, or use weights from before training diverged."
        )
    return log_weights
