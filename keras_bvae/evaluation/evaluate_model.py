"""What a trained model is worth: loss terms, latents in use, disentanglement."""

import numpy as np

from keras_bvae.datasets.images import sample_images
from keras_bvae.errors import InvalidValue, NonFiniteCodes
from keras_bvae.evaluation.model_state import model_state
from keras_bvae.evaluation.undisturbed import undisturbed
from keras_bvae.latents.latent_statistics import is_active
from keras_bvae.metrics.catalog import METRICS
from keras_bvae.metrics.evaluate_representation import evaluate_representation
from keras_bvae.metrics.protocols import CUSTOM
from keras_bvae.metrics.sampling.encoding import EncodedImages

# Enough that the standard error of a typical reconstruction term stays below 1 %.
SAMPLE_SIZE = 4000
# Images that the network takes together; a penalty of a batch is one of so many.
_BATCH_SIZE = 250


def evaluate_model(
    model,
    dataset,
    metrics=None,
    protocol="locatello2019",
    seed=0,
    quick=False,
    progress=None,
    sampled=False,
    kept=None,
):
    """Loss terms on a random sample, and disentanglement where factors are known.

    Args:
        model: `VariationalAutoencoder`.
        dataset: a data set of the model's image size.
        metrics, protocol, seed, quick, progress: see
            `keras_bvae.metrics.evaluate_representation`.
        sampled: bool, whether codes are draws from the posteriors instead of their
            means; see `sampled_codes`.
        kept: None or `KeptCodes`: means of images that were encoded before, which are
            read there, and written if there are more now.

    A model with a condition gets that of each image; factors that are conditions are
    left out of the metrics, since the codes have no reason to hold them.

    The model stays as it is: whether compiled or not, its random streams, its means.

    Returns:
        dict of plain values: `reconstruction`, `kl`, `loss`, `kl_of_each_latent` in
        nats, `penalties`, a dict of the objective's further terms, `active_latents`,
        `images` in the sample, `dataset`, `dataset_size`, `kind` where they are no
        images, `codes`, "means" or
        "samples", `scores`, a list of the metrics' records, each with its short name
        and label (empty without factors), and of which weights all this is, see
        `model_state`.

    Raises:
        NonFiniteCodes: the model has diverged: there is nothing to measure.
        ValueError: the data set's images have another size than the model's, or the
            metrics' names or settings are wrong.
    """
    require_same_size(model, dataset)
    dataset = model.conditioned(dataset)
    seen, keep = scored_part(dataset), None
    if sampled:
        encode = sampled_codes(model, seed)
    elif kept is None:
        encode = model_means(model)
    else:
        encode, keep = _with_kept(kept, model, seen)
    scores = score_records(
        encode,
        seen,
        metrics,
        protocol,
        seed,
        quick,
        progress,
    )
    if keep is not None:
        keep()
    if sampled:
        scores = [_of_draws(score) for score in scores]
    return {
        "dataset": dataset.name,
        "dataset_size": len(dataset),
        **({} if dataset.kind == "images" else {"kind": dataset.kind}),
        "codes": "samples" if sampled else "means",
        **_terms(model, sample_images(dataset, SAMPLE_SIZE, seed=seed)),
        "scores": scores,
        **model_state(model),
    }


def _with_kept(kept, model, dataset):
    """The codes that were kept and can be, and a function that keeps those of now."""
    encoded = EncodedImages(model_means(model), dataset, known=kept.read())
    before = encoded.count

    def keep():
        if encoded.count > before:
            kept.write(*encoded.known)

    return encoded, keep


def score_records(encode, dataset, metrics, protocol, seed, quick, progress):
    """`evaluate_representation`'s scores as plain dicts with `metric` and `label`."""
    scores = evaluate_representation(
        encode, dataset, metrics, protocol, seed, quick, progress
    )
    return [
        {"metric": name, "label": METRICS[name].label, **score.as_dict()}
        for name, score in scores.items()
    ]


def scored_part(dataset):
    """A data set as metrics see it: without factors that the model is told."""
    is_given = hasattr(dataset, "without_condition")
    return dataset.without_condition() if is_given else dataset


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


def _of_draws(score):
    """The record of a score whose codes are not the means that protocols ask for."""
    settings = {**score["settings"], "codes": "samples"}
    return {**score, "protocol": CUSTOM, "settings": settings}


def _terms(model, images):
    """The loss and its parts, averages over the images; latents that are in use."""
    options = {"batch_size": _BATCH_SIZE, "verbose": 0, "return_dict": True}
    with undisturbed(model):
        logs = model.evaluate(images, **options)
    if not np.isfinite(list(logs.values())).all():
        raise NonFiniteCodes(
            "A model's loss must be finite to be measured; received one whose "
            f"reconstruction is {logs['reconstruction']:g} and whose KL is "
            f"{logs['kl']:g} nats: it has diverged. Take an earlier checkpoint, or "
            "train with a lower --learning-rate."
        )
    kl = np.array([float(logs[f"kl_{i}"]) for i in range(model.latent_dim)])
    return {
        "images": len(images),
        "loss": float(logs["loss"]),
        "reconstruction": float(logs["reconstruction"]),
        "kl": float(logs["kl"]),
        "penalties": {name: float(logs[name]) for name in model.penalty_names},
        "kl_of_each_latent": kl.tolist(),
        "active_latents": np.flatnonzero(is_active(kl)).tolist(),
    }
