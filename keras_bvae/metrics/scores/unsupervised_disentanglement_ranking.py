"""UDR: which of several models has codes that the others find too, without factors."""

import time

import numpy as np
from scipy.stats import rankdata

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics.estimators.linear_models import lasso_coefficients
from keras_bvae.metrics.protocols import CUSTOM
from keras_bvae.metrics.representation_arrays import as_codes, as_floats
from keras_bvae.metrics.score import Score
from keras_bvae.rules import require_one_of

METHODS = ("lasso", "spearman")
# Of the reference code; as it shrinks coefficients, equal codes get 0.9 instead of 1.
LASSO_ALPHA = 0.1
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
    model_scores = np.median(pairwise.T[others].reshape(len(codes), -1), axis=1)
    strength = {"alpha": LASSO_ALPHA} if method == "lasso" else {}
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
            "method": method,
            "filtered": bool(filtered),
            **strength,
            "kl_threshold": KL_THRESHOLD,
            "models": len(codes),
            "images": len(codes[0]),
        },
        seed=None,
        seconds=time.perf_counter() - started,
    )


def comparable_codes(codes, is_active, method):
    """Codes with mean 0 and variance 1 (ddof 0); for "spearman" their ranks so.

    Args:
        codes: float64 array, shape `(n, latent_dim)`.
        is_active: bool array, shape `(latent_dim,)`.
        method: str, "lasso" or "spearman".

    Returns:
        float64 array, shape `(n, latent_dim)`; 0 where a code is inactive or constant.
    """
    if method == "spearman":
        codes = rankdata(codes, axis=0)
    # No square can overflow or vanish, however large or small the codes.
    codes = codes / np.maximum(np.abs(codes).max(0), np.finfo(np.float64).tiny)
    codes = codes - codes[0]
    is_varying = is_active & codes.any(0)
    codes = codes - codes.mean(0)
    return np.where(is_varying, codes, 0) / np.where(is_varying, codes.std(0), 1)


def relevance_matrix(codes, targets, method):
    """Relevance of each code to each target.

    "lasso": the absolute coefficient of the code in a Lasso (alpha 0.1) that predicts
    the target from all codes. "spearman": the absolute rank correlation, NaN where a
    code or a target is constant.

    Args:
        codes: float64 array, shape `(n, codes)`, of `comparable_codes`.
        targets: float64 array, shape `(n, targets)`, of the same; may be the codes of
            several models side by side.
        method: str, "lasso" or "spearman".

    Returns:
        float64 array, shape `(codes, targets)`, all >= 0 or NaN.

    Source: Duan et al. 2020 (arXiv:1905.12614), section 4.
    """
    if method == "lasso":
        return np.abs(lasso_coefficients(codes, targets, LASSO_ALPHA))
    correlation = np.abs(codes.T @ targets) / len(codes)
    correlation[~codes.any(0)] = np.nan
    correlation[:, ~targets.any(0)] = np.nan
    return correlation


def relative_strength(matrix):
    """How far a relevance matrix is one-to-one: 1 if each row has one partner.

    For each column max² / sum, and the mean of that; the same for the rows; the mean of
    both. A column or row that is all 0 or that holds NaN counts as 0, as in the
    reference.

    Args:
        matrix: float array, shape `(codes, targets)`, all >= 0 or NaN; may be empty.

    Returns:
        float in [0, 1] if no entry exceeds 1; 0 for an empty matrix.

    Source: Duan et al. 2020 (arXiv:1905.12614), section 4, without its weights: the
    reference leaves inactive latents out of the matrix instead.
    """
    matrix = np.asarray(matrix, np.float64)
    if not matrix.size:
        return 0.0
    return float(np.mean([_strength_along(matrix, axis) for axis in (0, 1)]))


def _checked(codes_of_each_model, kl_of_each_model):
    """All codes as float64, and which latents of each model are active."""
    count = len(codes_of_each_model)
    if count < 2 or len(kl_of_each_model) != count:
        raise InvalidValue(
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
        raise InvalidValue(
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
    name, advice = f"kl_of_each_model[{number}]", "Pass one KL in nats per latent."
    kl = as_floats(kl, name, "numbers", advice)
    if kl.shape != (latent_dim,) or not np.isfinite(kl).all():
        is_row = kl.shape == (latent_dim,)
        received = "NaN or infinity" if is_row else f"shape {kl.shape}"
        raise InvalidValue(
            f"`{name}` must be {latent_dim} finite numbers, one per latent of its "
            f"codes; received {received}. Pass the KL of each latent, averaged over "
            "the images."
        )
    return kl


def _compare_all(codes, is_active, method, filtered):
    """The strength of each ordered pair of models, `(models, models)`."""
    comparable = []
    for model, active in zip(codes, is_active, strict=True):
        model = comparable_codes(model, active, method)
        comparable.append(model[:, active] if filtered else model)
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


def _strength_along(matrix, axis):
    with np.errstate(invalid="ignore"):
        sums, largest = matrix.sum(axis), matrix.max(axis)
        shares = np.divide(largest**2, sums, np.zeros_like(sums), where=sums > 0)
    return shares.mean()
