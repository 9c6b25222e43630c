"""What a model's posteriors tell beside scores: bounds, parts of the KL, a ranking."""

import numpy as np

from keras_bvae.datasets.images import sample_images, sample_indices
from keras_bvae.evaluation.evaluate_model import require_same_size
from keras_bvae.metrics.estimators.aggregate_posterior import log_normal
from keras_bvae.metrics.scores.importance_weighted_bound import (
    importance_weighted_bound,
)
from keras_bvae.metrics.scores.kl_decomposition import kl_decomposition, require_counts
from keras_bvae.metrics.scores.unsupervised_disentanglement_ranking import (
    unsupervised_disentanglement_ranking,
)

# 32,000 passes of the decoder: some ten seconds on TensorFlow.
BOUND_IMAGES = 500
BOUND_SAMPLES = 64
# Seconds. Where codes tell images apart, as on dSprites, these are far too few for more
# than bounds, and so would be ten times as many; see `kl_decomposition`.
QUICK_DECOMPOSITION_IMAGES = 20_000
# The study of UDR has 1,000; more steady the correlations.
RANKING_IMAGES = 5_000
# Images whose draws are decoded together, between two reports of progress.
_BOUNDED_AT_ONCE = 16
# Unpacked, all of dSprites would fill 3 GB.
_IMAGES_AT_ONCE = 1024


def bound_model(model, dataset, images=None, samples=None, seed=0, progress=None):
    """Bounds log p(x) of a random sample of images from below, by importance weights.

    Args:
        model: `VariationalAutoencoder`.
        dataset: a data set of the model's image size. Whatever of it the model was
            trained on is not held out: name another one for that.
        images: int >= 2 or None, `BOUND_IMAGES`.
        samples: int >= 1 or None, `BOUND_SAMPLES`, draws of each image's posterior.
        seed: int >= 0, for the sample and the draws.
        progress: None or function `(images done, images in all)`.

    Returns:
        `keras_bvae.metrics.ImportanceWeightedBound`.

    Raises:
        ValueError: the data set's images have another size than the model's, or the
            model's output is not finite.
    """
    require_same_size(model, dataset)
    dataset = model.conditioned(dataset)
    sample = sample_images(dataset, images or BOUND_IMAGES, seed=seed)
    rng = np.random.default_rng(seed)
    columns = []
    for start in range(0, len(sample), _BOUNDED_AT_ONCE):
        batch = sample[start : start + _BOUNDED_AT_ONCE]
        columns.append(_log_weights(model, batch, samples or BOUND_SAMPLES, rng))
        if progress is not None:
            progress(start + len(batch), len(sample))
    return importance_weighted_bound(np.concatenate(columns, axis=1))


def _log_weights(model, images, samples, rng):
    """log p(x, z) - log q(z|x) of draws from q, `(samples, images)`, in nats."""
    mean, log_variance = (
        part.astype(np.float64)[:, None] for part in model.encode(images)
    )
    noise = rng.standard_normal((len(images), samples, mean.shape[-1]))
    codes = mean + np.exp(0.5 * log_variance) * noise
    likelihood = model.log_likelihood(images, codes).astype(np.float64)
    prior = log_normal(codes, 0.0, 0.0).sum(-1)
    posterior = log_normal(codes, mean, log_variance).sum(-1)
    return (likelihood + prior - posterior).T


def decompose_model(model, dataset, images=None, draws=1000, seed=0, progress=None):
    """Splits a model's KL into mutual information, total correlation and the rest.

    Args:
        model: `VariationalAutoencoder`.
        dataset: a data set of the model's image size; factors are not needed.
        images: None: encode all. Or int >= 2: a random sample of so many, which may
            give bounds only; see `keras_bvae.metrics.kl_decomposition`.
        draws: int >= 2, how many codes each term is averaged over.
        seed: int >= 0, for the sample and the draws.
        progress: None or function `(work done, work in all)`: the images encoded, and
            the computation, which counts as a tenth of them.

    Returns:
        `keras_bvae.metrics.DecomposedKL`.

    Raises:
        ValueError: the data set's images have another size than the model's, the
            model's posteriors are not finite, or a number is out of range.
    """
    require_same_size(model, dataset)
    dataset = model.conditioned(dataset)
    count = len(dataset) if images is None else min(images, len(dataset))
    require_counts(count, len(dataset), draws)
    computation = max(count // 10, 1)

    def report(encoded, share=0.0):
        if progress is not None:
            progress(encoded + int(share * computation), count + computation)

    mean, log_variance = _encode(
        model, dataset, sample_indices(dataset, count, seed), report
    )
    return kl_decomposition(
        mean,
        log_variance,
        len(dataset),
        draws,
        seed,
        lambda done, total: report(count, done / total),
    )


def rank_models(
    models, dataset, kl_of_each_model, method="lasso", seed=0, progress=None
):
    """Ranks models without labels, by how far the others found the same latents.

    Args:
        models: list of `VariationalAutoencoder`, for images of one size.
        dataset: a data set of that size; factors are not needed.
        kl_of_each_model: for each model the average KL of each latent, in nats.
        method: str, see `keras_bvae.metrics.unsupervised_disentanglement_ranking`.
        seed: int >= 0, for the sample of `RANKING_IMAGES` images.
        progress: None or function `(images encoded, images in all)`.

    Returns:
        `Score`, `parts["model_scores"]` one number a model.

    Raises:
        ValueError: fewer than two models, or one for images of another size.
    """
    for model in models:
        require_same_size(model, dataset)
    indices = sample_indices(dataset, RANKING_IMAGES, seed)
    total = len(models) * len(indices)

    def report(number):
        if progress is None:
            return lambda encoded: None
        return lambda encoded: progress(number * len(indices) + encoded, total)

    codes = [
        _encode(model, dataset, indices, report(number))[0]
        for number, model in enumerate(models)
    ]
    return unsupervised_disentanglement_ranking(codes, kl_of_each_model, method)


def _encode(model, dataset, indices, report):
    """Posteriors of the images at `indices`, with few of them unpacked at a time."""
    means, log_variances = [], []
    for start in range(0, len(indices), _IMAGES_AT_ONCE):
        batch = indices[start : start + _IMAGES_AT_ONCE]
        mean, log_variance = model.encode(model.conditioned(dataset).images_at(batch))
        means.append(mean)
        log_variances.append(log_variance)
        report(start + len(batch))
    return np.concatenate(means), np.concatenate(log_variances)
