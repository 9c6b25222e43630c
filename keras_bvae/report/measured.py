"""What a model is worth: what was measured before, and what is measured now."""

import dataclasses

from keras_bvae.errors import InvalidValue
from keras_bvae.evaluation import evaluate_model, model_means, score_records
from keras_bvae.metrics.catalog import METRICS
from keras_bvae.metrics.protocols import CUSTOM

# What a report shows at least: one score by classifying, one by information, one by
# prediction, and the two tables that heat maps are drawn from.
SHOWN = ("beta_vae", "mig", "dci", "sap")
SHOWN_WITHOUT_FACTORS = ("unsupervised", "active_units")
# What stands for another metric as well.
_INSTEAD_OF = {"quick_dci": "dci"}
# Before records had a short name there was this metric only.
_FIRST_NAMES = {"beta_vae_score": ("beta_vae", "β-VAE score")}


@dataclasses.dataclass(frozen=True)
class Measured:
    """Results, and where each comes from.

    Attributes:
        results: dict of `evaluate_model` without its scores; None: not measured.
        scores: tuple of `(record, origin, codes)`: a metric's record, the words that
            say who measured it, and "means" or "samples".
        refused: tuple of `(label, reason)`: scores that this model or its data cannot
            have, with the metric's own sentence.
    """

    results: dict | None
    scores: tuple = ()
    refused: tuple = ()


def measured(subject, quick=True, measure=True, progress=None):
    """Gathers results of training and of `kbvae evaluate`, and adds what is missing.

    Args:
        subject: `OpenedRun`.
        quick: bool, whether missing scores are measured on fewer images.
        measure: bool; False: nothing is measured.
        progress: None or function `(name, done, total)`.

    Returns:
        `Measured`, in the order of the metrics' table, of each the records of published
        protocols last.
    """
    known = [
        ("at the end of training", subject.results),
        ("by kbvae evaluate", subject.evaluation),
    ]
    known = [(origin, found) for origin, found in known if found]
    results = known[-1][1] if known else None
    scores = [
        (_completed(score), origin, found.get("codes", "means"))
        for origin, found in known
        for score in found["scores"]
    ]
    refused = []
    if measure:
        options = {"seed": subject.seed, "quick": quick, "progress": progress}
        if results is None:
            results = evaluate_model(subject.model, subject.dataset, (), **options)
        new, refused = _scored(subject, _missing(subject, scores), options)
        scores += [(score, "for this report", "means") for score in new]
    scores = sorted(_without_repetition(scores), key=_place)
    return Measured(results, tuple(scores), tuple(refused))


def _missing(subject, scores):
    names = {score["metric"] for score, *_ in scores}
    have = {_INSTEAD_OF.get(name, name) for name in names}
    wanted = SHOWN if subject.dataset.has_factors else SHOWN_WITHOUT_FACTORS
    return [name for name in wanted if name not in have]


def _scored(subject, names, options):
    """Records, and what was refused: a gap, say, needs two latents."""
    encode = model_means(subject.model)

    def records(chosen):
        return score_records(
            encode, subject.dataset, chosen, protocol="locatello2019", **options
        )

    try:
        return records(names), []
    except InvalidValue:
        found, refused = [], []
    for name in names:
        try:
            found += records([name])
        except InvalidValue as error:
            refused.append((METRICS[name].label, str(error)))
    return found, refused


def _completed(score):
    """A record with a metric's short name and label, whatever wrote it."""
    if "metric" in score:
        return score
    name = score["name"]
    metric, label = _FIRST_NAMES.get(name, (name, name.replace("_", " ")))
    return {**score, "metric": metric, "label": label}


def _without_repetition(scores):
    """One record for each metric, protocol and settings; the later one stays."""
    by_protocol = {}
    for score, origin, codes in scores:
        settings = tuple(sorted((k, str(v)) for k, v in score["settings"].items()))
        key = (score["metric"], score["protocol"], settings, codes)
        by_protocol[key] = (score, origin, codes)
    return list(by_protocol.values())


def _place(entry):
    score, *_ = entry
    metric = score["metric"]
    names = list(METRICS)
    metric = _INSTEAD_OF.get(metric, metric)
    # One that is not in the table comes from another version.
    place = names.index(metric) if metric in names else len(names)
    return place, score["protocol"] != CUSTOM
