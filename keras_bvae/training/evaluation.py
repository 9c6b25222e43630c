"""What a trained model is worth: loss terms, latents in use, disentanglement, KL."""

import numpy as np

from keras_bvae.callbacks.disentanglement_metric import QUICK_BETA_VAE
from keras_bvae.metrics import beta_vae_score
from keras_bvae.metrics.kl_decomposition import kl_decomposition, require_counts
from keras_bvae.pictures import is_active, sample_images, sample_indices

# Enough that the standard error of a typical reconstruction term stays below 1 %.
SAMPLE_SIZE = 4000
# What makes any protocol a matter of seconds: all pairs are drawn among the callback's
# 5,000 images. The end of a training run uses it; `kbvae evaluate` only on request.
QUICK = {"image_pool": QUICK_BETA_VAE["image_pool"]}
# Seconds. Where codes tell images apart, as on dSprites, these are far too few for more
# than bounds, and so would be ten times as many; see `kl_decomposition`.
QUICK_DECOMPOSITION_IMAGES = 20_000
# Unpacked, all of dSprites would fill 3 GB.
_IMAGES_AT_ONCE = 1024


def evaluate_model(
    model, dataset, protocol="locatello2019", seed=0, progress=None, **settings
):
    """Loss terms on a random sample and the β-VAE metric where factors are known.

    Args:
        model: `VariationalAutoencoder`.
        dataset: a data set of the model's image size.
        protocol: str, see `keras_bvae.metrics.beta_vae_score`.
        seed: int >= 0, for the sample and the metric.
        progress: None or function `(images encoded, images in all)`.
        **settings: handed to the metric; then its protocol is "custom".

    Returns:
        dict of plain values: `reconstruction`, `kl`, `loss`, `kl_of_each_latent` in
        nats, `penalties`, a dict of the objective's further terms, `active_latents`,
        `images` in the sample, `dataset`, and `scores`, a list of the metrics' records
        (empty without factors).

    Raises:
        ValueError: the data set's images have another size than the model's, or the
            metric's settings are wrong.
    """
    require_same_size(model, dataset)
    images = sample_images(dataset, SAMPLE_SIZE, seed=seed)
    if not model.compiled:
        model.compile()
    logs = model.evaluate(images, batch_size=250, verbose=0, return_dict=True)
    kl = np.array([float(logs[f"kl_{i}"]) for i in range(model.latent_dim)])
    scores = []
    if dataset.has_factors:
        score = beta_vae_score(
            lambda batch: model.encode(batch)[0],
            dataset,
            protocol,
            seed,
            progress,
            **settings,
        )
        scores.append(score.as_dict())
    return {
        "dataset": dataset.name,
        "images": len(images),
        "loss": float(logs["loss"]),
        "reconstruction": float(logs["reconstruction"]),
        "kl": float(logs["kl"]),
        "penalties": {name: float(logs[name]) for name in model.penalty_names},
        "kl_of_each_latent": kl.tolist(),
        "active_latents": np.flatnonzero(is_active(kl)).tolist(),
        "scores": scores,
    }


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
        raise ValueError(
            "A model and a data set must have images of one shape; the model has "
            f"{tuple(model.image_shape)}, {dataset.name} has "
            f"{tuple(dataset.image_shape)}. Name the data that it was trained on."
        )
