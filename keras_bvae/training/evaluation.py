"""What a trained model is worth: loss terms, latents in use, disentanglement."""

import numpy as np

from keras_bvae.callbacks.disentanglement_metric import QUICK_BETA_VAE
from keras_bvae.metrics import beta_vae_score
from keras_bvae.pictures import is_active, sample_images

# Enough that the standard error of a typical reconstruction term stays below 1 %.
SAMPLE_SIZE = 4000
# What makes any protocol a matter of seconds: all pairs are drawn among the callback's
# 5,000 images. The end of a training run uses it; `kbvae evaluate` only on request.
QUICK = {"image_pool": QUICK_BETA_VAE["image_pool"]}


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
        nats, `active_latents`, `images` in the sample, `dataset`, and `scores`, a list
        of the metrics' records (empty without factors).

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
        "kl_of_each_latent": kl.tolist(),
        "active_latents": np.flatnonzero(is_active(kl)).tolist(),
        "scores": scores,
    }


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
