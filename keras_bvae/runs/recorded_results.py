"""What a record of scores holds: `run.json` under "results", and `evaluation.json`."""

from keras_bvae.datasets.values import KINDS
from keras_bvae.errors import InvalidValue
from keras_bvae.files.json_file import read_json
from keras_bvae.rules import is_finite
from keras_bvae.runs.record_rules import (
    dict_of,
    duration,
    fields,
    list_of,
    number,
    optional,
    table,
    text,
    whole,
)

# In nats; null where they were not finite.
_TERMS = ("loss", "reconstruction", "kl")
_COMPLETE = ("dataset", "kl_of_each_latent", "active_latents", "scores", *_TERMS)
_WITH_A_MAP = ("mig", "dci", "quick_dci")
_measure = optional(number)
# Of a metric's parts and settings those that somebody reads, see `result_rows`.
_PARTS = {
    "mutual_information": table,
    "importance_matrix": table,
    "completeness": _measure,
    "informativeness_test": _measure,
    "num_active_dims": whole,
    "gaussian_wasserstein_correlation": _measure,
    "mutual_info_score": _measure,
}
_SETTINGS = {
    "factor_names": list_of(text),
    "latent_dim": whole,
    "pairs": whole,
    "train_points": whole,
    "test_points": whole,
    "images": whole,
    "image_pool": optional(whole),
}
_one_score = fields(
    {
        "metric": text,  # since 0.2
        "label": text,
        "name": text,
        "score": _measure,
        "parts": fields(_PARTS),
        "protocol": text,
        "settings": fields(_SETTINGS),
        "seed": optional(whole),
        "seconds": duration,
        "versions": dict_of(text),
    },
    needed=("name", "score", "parts", "protocol", "settings", "seed"),
)


def _score(place, value):
    """A metric's record; its tables have a column for each factor."""
    _one_score(place, value)
    names = value["settings"].get("factor_names", ())
    for part in ("mutual_information", "importance_matrix"):
        rows = value["parts"].get(part)
        is_drawn = rows is not None and value.get("metric") in _WITH_A_MAP
        if is_drawn and len(rows[0]) != len(names):
            raise InvalidValue(f"`{place}.parts.{part}` must have a column a factor")


def _kind(place, value):
    """What the data are, where they are no images."""
    if value not in KINDS.values():
        raise InvalidValue(f"`{place}` must be one of {', '.join(KINDS.values())}")


_KL_PARTS = ("mutual_information", "total_correlation", "dimension_wise_kl")
_DECOMPOSITION = {"images": whole, "dataset_size": whole, "draws": whole}
_BOUND = {"images": whole, "samples": whole, "effective_sample_share": number}
results = fields(
    {
        "dataset": text,
        "dataset_size": whole,
        "kind": _kind,
        "codes": text,
        "images": whole,
        **dict.fromkeys(_TERMS, _measure),
        "penalties": dict_of(_measure),
        "kl_of_each_latent": list_of(_measure),
        "active_latents": list_of(whole),
        "scores": list_of(_score),
        "step": optional(whole),
        "weights_sha256": text,
        "decomposition": fields(
            {
                **_DECOMPOSITION,
                **dict.fromkeys(_KL_PARTS, number),
                "standard_error": fields(dict.fromkeys(_KL_PARTS, number), _KL_PARTS),
            },
            (*_DECOMPOSITION, *_KL_PARTS, "standard_error"),
        ),
        "bound": fields(
            {
                **_BOUND,
                "bound": number,
                "elbo": number,
                "standard_error": fields(
                    {"bound": number, "elbo": number}, ("bound", "elbo")
                ),
            },
            (*_BOUND, "bound", "elbo", "standard_error"),
        ),
    }
)
"""The rule for what `evaluate_model` found, as it was recorded."""


def are_whole(found):
    """Whether results tell all terms, each of them finite."""
    return (
        all(name in found for name in _COMPLETE)
        and all(is_finite(found[name]) for name in _TERMS)
        and all(map(is_finite, found["kl_of_each_latent"]))
        and all(map(is_finite, found.get("penalties", {}).values()))
    )


def read_evaluation(path):
    """The record that `kbvae evaluate` left of a checkpoint.

    Args:
        path: Path of `evaluation.json`.

    Returns:
        dict.

    Raises:
        InvalidValue: it is damaged, or no such record.
        OSError: it is no file that can be read.
    """
    try:
        found = read_json(path, "A record of scores")
        results("", found)
        fields({}, _COMPLETE)("", found)
    except InvalidValue as error:
        raise InvalidValue(
            f"A record of scores must be as `kbvae evaluate` wrote it; {str(path)!r} "
            f"is not ({error}). Remove it, or evaluate the checkpoint again."
        ) from error
    return found
