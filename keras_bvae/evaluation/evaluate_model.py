"""What a trained model is worth: loss terms, latents in use, disentanglement, KL."""

import numpy as np

from keras_bvae.datasets.images import sample_images, sample_indices
from keras_bvae.errors import InvalidValue
from keras_bvae.latents.latent_statistics import is_active
from keras_bvae.metrics.catalog import METRICS
from keras_bvae.metrics.estimators.aggregate_posterior import log_normal
from keras_bvae.metrics.evaluate_representation import (
    evaluate_representation,
    metric_names,
)
from keras_bvae.metrics.protocols import CUSTOM
from keras_bvae.metrics.scores.importance_weighted_bound import (
    importance_weighted_bound,
)
from keras_bvae.metrics.scores.kl_decomposition import kl_decomposition, require_counts
from keras_bvae.metrics.scores.unsupervised_disentanglement_ranking import (
    unsupervised_disentanglement_ranking,
)

# Enough that the standard error of a typical reconstruction term stays below 1 %.
SAMPLE_SIZE = 4000
# Seconds. Where codes tell images apart, as on dSprites, these are far too few for more
# than bounds, and so would be ten times as many; see `kl_decomposition`.
QUICK_DECOMPOSITION_IMAGES = 20_000
# 32,000 passes of the decoder: some ten seconds on TensorFlow.
BOUND_IMAGES = 500
BOUND_SAMPLES = 64
# The study of UDR has 1,000; more steady the correlations.
RANKING_IMAGES = 5_000
# Unpacked, all of dSprites would fill 3 GB.
_IMAGES_AT_ONCE = 1024
# Images whose draws are decoded together, between two reports of progress.
_BOUNDED_AT_ONCE = 16


def evaluate_model(
    model,
    dataset,
    metrics=("beta_vae",),
    protocol="locatello2019",
    seed=0,
    quick=False,
    progress=None,
    sampled=False,
):
    """Loss terms on a random sample, and disentanglement where factors are known.

    Args:
        model: `VariationalAutoencoder`.
        dataset: a data set of the model's image size.
        metrics, protocol, seed, quick, progress: see
            `keras_bvae.metrics.evaluate_representation`. The default is left out where
            there are no factors.
        sampled: bool, whether codes are draws from the posteriors instead of their
            means; see `sampled_codes`.

    Returns:
        dict of plain values: `reconstruction`, `kl`, `loss`, `kl_of_each_latent` in
        nats, `penalties`, a dict of the objective's further terms, `active_latents`,
        `images` in the sample, `dataset`, `codes`, "means" or "samples", and `scores`,
        a list of the metrics' records, each with its short name and label (empty
        without factors).

    Raises:
        ValueError: the data set's images have another size than the model's, or the
            metrics' names or settings are wrong.
    """
    require_same_size(model, dataset)
    if tuple(metrics) == ("beta_vae",) and not dataset.has_factors:
        metrics = ()
    metric_names(metrics, dataset, protocol)
    images = sample_images(dataset, SAMPLE_SIZE, seed=seed)
    if not model.compiled:
        model.compile()
    scores = score_records(
        sampled_codes(model, seed) if sampled else model_means(model),
        dataset,
        metrics,
        protocol,
        seed,
        quick,
        progress,
    )
    if sampled:
        scores = [_of_draws(score) for score in scores]
    logs = model.evaluate(images, batch_size=250, verbose=0, return_dict=True)
    kl = np.array([float(logs[f"kl_{i}"]) for i in range(model.latent_dim)])
    return {
        "dataset": dataset.name,
        "codes": "samples" if sampled else "means",
        "images": len(images),
        "loss": float(logs["loss"]),
        "reconstruction": float(logs["reconstruction"]),
        "kl": float(logs["kl"]),
        "penalties": {name: float(logs[name]) for name in model.penalty_names},
        "kl_of_each_latent": kl.tolist(),
        "active_latents": np.flatnonzero(is_active(kl)).tolist(),
        "scores": scores,
    }


def _of_draws(score):
    """The record of a score whose codes are not the means that protocols ask for."""
    settings = {**score["settings"], "codes": "samples"}
    return {**score, "protocol": CUSTOM, "settings": settings}


def model_means(model):
    """A model's means as what metrics take for `encode`."""
    return lambda images: model.encode(images)[0]


def sampled_codes(model, seed=0):
    """A model's posterior, one draw an image, as what metrics take for `encode`.

    A latent that carries next to nothing has a mean that moves by a hundredth of its
    posterior's spread, and metrics that look at means, as the published protocols do,
    count such a trace as information. In a draw the noise drowns it. Chen et al. 2018
    (arXiv:1802.04942) define MIG with draws.

    Args:
        model: `VariationalAutoencoder`.
        seed: int >= 0, for the noise.
    """
    rng = np.random.default_rng(seed)

    def encode(images):
        mean, log_variance = model.encode(images)
        noise = rng.standard_normal(mean.shape, dtype=mean.dtype)
        return mean + np.exp(0.5 * log_variance) * noise

    return encode


def score_records(encode, dataset, metrics, protocol, seed, quick, progress):
    """`evaluate_representation`'s scores as plain dicts with `metric` and `label`."""
    scores = evaluate_representation(
        encode, dataset, metrics, protocol, seed, quick, progress
    )
    return [
        {"metric": name, "label": METRICS[name].label, **score.as_dict()}
        for name, score in scores.items()
    ]


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
        mean, log_variance = model.encode(dataset.images_at(batch))
        means.append(mean)
        log_variances.append(log_variance)
        report(start + len(batch))
    return np.concatenate(means), np.concatenate(log_variances)


def require_same_size(model, dataset):
    """Raises unless model and data set have images of one shape.

    Raises:
        ValueError: they do not.
    """
    if tuple(model.image_shape) != tuple(dataset.image_shape):
        raise InvalidValue(
            "A model and a data set must have images of one shape; the model has "
            f"{tuple(model.image_shape)}, {dataset.name} has "
            f"{tuple(dataset.image_shape)}. Name the data that it was trained on."
        )
