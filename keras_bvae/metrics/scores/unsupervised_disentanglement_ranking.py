"""UDR: models whose codes other models find again, chosen without any factor."""

import time

import numpy as np

from keras_bvae.metrics.estimators.relevance_matrix import (
    LASSO_ALPHA,
    METHODS,
    comparable_codes,
    relative_strength,
    relevance_matrix,
)
from keras_bvae.metrics.protocols import CUSTOM
from keras_bvae.metrics.representation_arrays import as_codes
from keras_bvae.metrics.score import Score
from keras_bvae.rules import require_one_of

# Nats. A latent with less says nothing; the published code calls it uninformative.
KL_THRESHOLD = 0.01


def unsupervised_disentanglement_ranking(
    codes_of_each_model, kl_of_each_model, method="lasso", filtered=True
):
    """How well the codes of each model are found again, one to one, in the others.

    Train the same model with several seeds. Disentangled codes should be alike up to
    order and sign, entangled ones arbitrary rotations; so each pair of models is
    compared by how strongly each code of one relates to a single code of the other. A
    model's score is the median over all others that predict its codes.

    Known faults. A score means something only within its set of models: all may agree
    on a wrong solution. Lasso shrinks every coefficient by 0.1, so two equal models get
    about 0.9. With "spearman" and filtered=False a single inactive latent makes its
    row and column NaN, these make every other column and row NaN, and NaN counts as 0:
    nearly all scores are 0. The reference does so too; leave filtered=True.

    Args:
        codes_of_each_model: arrays, shape `(n, latent_dim)` each: all models' means of
            the same n images in the same order. `latent_dim` may differ.
        kl_of_each_model: arrays, shape `(latent_dim,)` each: KL of every latent from
            the prior in nats, mean over images. At most 0.01: the latent is inactive.
        method: str, "lasso" or "spearman"; see `relevance_matrix`.
        filtered: bool. True leaves inactive latents out; False compares them too.

    Returns:
        `Score`, `.score` the highest of `model_scores`. Parts: `pairwise`
        `(models, models)`, entry [a, b] for codes of a that predict those of b and 0 on
        the diagonal; `model_scores` `(models,)`, the median of each column without the
        diagonal; `best_model`, the first model with the highest; `active_latents`, how
        many each has. A model without any scores 0, and so does its every pair.

    Raises:
        ValueError: fewer than two models, different numbers of images, codes or KLs of
            another shape or not finite, or an unknown method.

    Source: Duan et al. 2020 (arXiv:1905.12614), section 4.
    """
    started = time.perf_counter()
    require_one_of("`method`", method, METHODS)
    codes, is_active = _checked(list(codes_of_each_model), list(kl_of_each_model))
    pairwise = _compare_all(codes, is_active, method, filtered)
    others = ~np.eye(len(codes), dtype=bool)
    model_scores = np.array(
        [np.median(pairwise[others[:, b], b]) for b in range(len(codes))]
    )
    settings = {"method": method, "filtered": bool(filtered)}
    if method == "lasso":
        settings["alpha"] = LASSO_ALPHA
    return Score(
        name="unsupervised_disentanglement_ranking",
        score=float(model_scores.max()),
        parts={
            "pairwise": pairwise,
            "model_scores": model_scores,
            "best_model": int(model_scores.argmax()),
            "active_latents": [int(active.sum()) for active in is_active],
        },
        protocol="duan2020" if filtered else CUSTOM,
        settings={
            **settings,
            "kl_threshold": KL_THRESHOLD,
            "models": len(codes),
            "images": len(codes[0]),
        },
        seed=None,
        seconds=time.perf_counter() - started,
    )


def _compare_all(codes, is_active, method, filtered):
    """The strength of each ordered pair of models, `(models, models)`."""
    comparable = [
        comparable_codes(*model, method) for model in zip(codes, is_active, strict=True)
    ]
    if filtered:
        pairs = zip(comparable, is_active, strict=True)
        comparable = [model[:, active] for model, active in pairs]
    everything = np.concatenate(comparable, axis=1)
    ends = np.cumsum([model.shape[1] for model in comparable])[:-1]
    pairwise = np.empty((len(codes), len(codes)))
    for row, model in zip(pairwise, comparable, strict=True):
        relevance = relevance_matrix(model, everything, method)
        if filtered:
            # An active latent whose mean is constant relates to nothing.
            relevance = np.nan_to_num(relevance)
        row[:] = [relative_strength(m) for m in np.split(relevance, ends, axis=1)]
    np.fill_diagonal(pairwise, 0)
    return pairwise


def _checked(codes_of_each_model, kl_of_each_model):
    """All codes as float64, and which latents of each model are active."""
    count = len(codes_of_each_model)
    if count < 2 or len(kl_of_each_model) != count:
        raise ValueError(
            "There must be two or more models, each with its codes and its KL; "
            f"received codes of {count} and KLs of {len(kl_of_each_model)}. Pass two "
            "lists of equal length, one entry per model."
        )
    codes = [
        as_codes(model, f"codes_of_each_model[{number}]")
        for number, model in enumerate(codes_of_each_model)
    ]
    rows = [len(model) for model in codes]
    if len(set(rows)) > 1:
        raise ValueError(
            "All models must have encoded the same images; received "
            f"{', '.join(map(str, rows))} rows of codes. Encode one set of images with "
            "every model, in one order."
        )
    is_active = [
        _as_kl(kl, model.shape[1], number) > KL_THRESHOLD
        for number, (kl, model) in enumerate(zip(kl_of_each_model, codes, strict=True))
    ]
    return codes, is_active


def _as_kl(kl, latent_dim, number):
    try:
        kl = np.asarray(kl, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"`kl_of_each_model[{number}]` must be numbers; received {error}. Pass one "
            "KL in nats per latent."
        ) from error
    if kl.shape != (latent_dim,) or not np.isfinite(kl).all():
        received = f"shape {kl.shape}"
        if kl.shape == (latent_dim,):
            received = "NaN or infinity"
        raise ValueError(
            f"`kl_of_each_model[{number}]` must be {latent_dim} finite numbers, one "
            f"per latent of its codes; received {received}. Pass the KL of each "
            "latent, averaged over the images."
        )
    return kl
