"""The KL term split in three, its densities estimated from one batch."""

import numbers
from typing import Any, NamedTuple

from keras import ops

from keras_bvae.errors import InvalidValue
from keras_bvae.losses.gaussian_log_density import gaussian_log_density
from keras_bvae.losses.same_shape import require_same_shape
from keras_bvae.rules import require_finite

# Names that `minibatch_decomposition(estimator=…)` understands.
ESTIMATORS = ("minibatch_stratified", "minibatch_weighted")


class KLDecomposition(NamedTuple):
    """Three parts of log q(z|x) - log p(z); tensors `(batch,)`, in nats.

    `mutual_information`: log q(z|x) - log q(z), what the code tells of its image.
    `total_correlation`: log q(z) - Σ_k log q(z_k), what the latents tell of each other.
    `dimension_wise_kl`: Σ_k log q(z_k) - log p(z), how far each lies from the prior.
    """

    mutual_information: Any
    total_correlation: Any
    dimension_wise_kl: Any


def minibatch_decomposition(
    codes, mean, log_variance, dataset_size, estimator="minibatch_stratified"
):
    """Mutual information, total correlation and dimension-wise KL of each code.

    With N = dataset_size, q(z) is the average of the N posteriors q(z|n). Both
    estimates put a weighted sum over the batch in its place, for q(z) and for every
    marginal q(z_k); the prior is N(0, I). The three parts always sum to the one-sample
    KL, log q(z|x) - log p(z).

    "minibatch_stratified": weight 1/N on the code's own posterior, (N - M)/(N M) on
    the next row's, 1/M on the rest, M = batch - 1; they sum to 1. The densities are
    unbiased, their logs are not: on average the mutual information comes out too
    large. Where posteriors are narrow and batch << N, log q(z) hangs on the own one
    and the few beside it, so mutual information and total correlation are rough. (The
    published code writes the first two weights into columns 0 and 1 of every row, so
    the own posterior seldom gets its weight; here they follow the diagonal.)

    "minibatch_weighted": weight 1/(N batch) on all. Only the gradient is meant. Beside
    the batch's noise each density is too small by a factor between batch (the own
    posterior is nearly all of q) and N (all posteriors overlap). So, in nats, the
    mutual information is too large by log batch … log N; the dimension-wise KL too
    small by latent_dim times as much; the total correlation too large by the
    difference: (latent_dim - 1) log N where the posteriors overlap, up to
    latent_dim log N - log batch where they do in each latent but not in all together.

    To measure a model use `keras_bvae.metrics.kl_decomposition`, on all the data.

    Args:
        codes: float tensor, shape `(batch, latent_dim)`, one draw from each row's
            posterior.
        mean: float tensor, same shape.
        log_variance: float tensor, same shape; natural log of the variance.
        dataset_size: number >= 1 or scalar tensor, images that batches are drawn
            from. Stratified sampling counts fewer than `batch` as `batch`.
        estimator: one of `ESTIMATORS`.

    Returns:
        `KLDecomposition`, three float tensors, shape `(batch,)`, in nats; the last two
        summed over latents.

    Raises:
        ValueError: the shapes differ, `estimator` is unknown, or `dataset_size` is a
            number below 1 or not finite.

    Source: Chen et al. 2018 (arXiv:1802.04942): equation 2 for the split, section 4.1
        (and appendix C.1) for weighted, appendix C.2 for stratified sampling.
    """
    _require_estimator(estimator)
    _require_dataset_size(dataset_size)
    codes, mean = ops.convert_to_tensor(codes), ops.convert_to_tensor(mean)
    log_variance = ops.convert_to_tensor(log_variance)
    require_same_shape(codes=codes, mean=mean, log_variance=log_variance)
    posterior = ops.sum(gaussian_log_density(codes, mean, log_variance), axis=-1)
    prior = gaussian_log_density(codes, ops.zeros_like(codes), ops.zeros_like(codes))
    # [i, j, k]: latent k of code i under posterior j.
    pairs = gaussian_log_density(codes[:, None], mean[None], log_variance[None])
    log_weights = _log_weights(ops.shape(codes)[0], dataset_size, estimator)
    log_weights = ops.cast(log_weights, pairs.dtype)
    joint = ops.logsumexp(log_weights + ops.sum(pairs, axis=-1), axis=1)
    marginals = ops.logsumexp(log_weights[:, :, None] + pairs, axis=1)
    marginals = ops.sum(marginals, axis=-1)
    return KLDecomposition(
        mutual_information=posterior - joint,
        total_correlation=joint - marginals,
        dimension_wise_kl=marginals - ops.sum(prior, axis=-1),
    )


def _log_weights(batch, dataset_size, estimator):
    """`[i, j]`: log of posterior j's weight in the density of code i, float32."""
    size = ops.convert_to_tensor(dataset_size, dtype="float32")
    count = ops.cast(batch, "float32")
    if estimator == "minibatch_weighted":
        return -ops.log(size * count) * ops.ones((batch, batch), "float32")
    size = ops.maximum(size, count)
    others = ops.maximum(count - 1, 1)
    rows = ops.arange(batch)
    steps = ops.mod(rows[None, :] - rows[:, None], batch)
    own = ops.cast(ops.equal(steps, 0), "float32")
    # In a batch of 1 the next row is the own one, and its two weights add up to 1.
    following = ops.cast(ops.equal(steps, 1 % batch), "float32")
    rest = ops.maximum(1 - own - following, 0)
    return ops.log(
        own / size + following * (size - others) / (size * others) + rest / others
    )


def _require_estimator(estimator):
    if estimator not in ESTIMATORS:
        raise InvalidValue(
            f"`estimator` must be one of {', '.join(ESTIMATORS)}; received "
            f"estimator={estimator!r}. Use minibatch_stratified, unless a published "
            "run is to be repeated."
        )


def _require_dataset_size(dataset_size):
    if isinstance(dataset_size, numbers.Real):  # a tensor's value is not known yet
        advice = "Pass the number of training images."
        require_finite("dataset_size", dataset_size, least=1, advice=advice)
