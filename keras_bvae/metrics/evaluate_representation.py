"""Many metrics of one representation, each image encoded once for all of them."""

import warnings

from sklearn.exceptions import ConvergenceWarning

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics import catalog
from keras_bvae.metrics.sampling.array_sample import array_sample
from keras_bvae.metrics.sampling.known_codes import CodesOfSome, with_known_codes
from keras_bvae.metrics.side_by_side import side_by_side
from keras_bvae.rules import require_one_of

# What `quick` changes: pairs and batches are drawn among so many images, and DCI stops
# after a tenth of its stages.
QUICK_IMAGE_POOL = 5_000
# What takes seconds, and goes first where metrics are computed side by side.
_LONG = ("dci", "quick_dci", "sap", "explicitness")
_QUICK_INSTEAD = {"dci": "quick_dci"}


def evaluate_representation(
    encode,
    dataset,
    metrics=catalog.ALL,
    protocol=catalog.LOCATELLO2019,
    seed=0,
    quick=False,
    progress=None,
):
    """Scores a representation by several metrics, and encodes each image only once.

    A data set that lacks combinations of its factors has its pairs and batches drawn
    among at most 5,000 of its images, one with fewer images than a protocol's sample
    gives all it has: the records then say "custom", with the sizes.

    Args:
        encode: function, uint8 images `(n, height, width, channels)` to codes
            `(n, latent_dim)`, `lambda images: model.encode(images)[0]`; or anything
            with `codes_at(indices, progress)`.
        dataset: a data set; without factors only some metrics can be asked for.
        metrics: names, see `metric_names`.
        protocol: str, "locatello2019" or "higgins2017".
        seed: int >= 0, for all draws.
        quick: bool, whether to draw all pairs and batches among 5,000 images and to
            stop DCI early ("quick_dci"): seconds instead of minutes.
        progress: None or function `(name, done, total)`.

    Returns:
        dict of `Score` by the metric's name, in the order of `metrics`.

    Raises:
        ValueError: what `metric_names` or a metric raises; settings are looked at
            before anything is encoded.
    """
    names = metric_names(metrics, dataset, protocol)
    if quick:
        names = [_QUICK_INSTEAD.get(name, name) for name in names]
    changes = {name: _changes(name, dataset, quick) for name in names}
    for name in names:
        catalog.METRICS[name].settings(dataset, protocol, seed, **changes[name])
    sample = None
    if len(names) > 1:
        first = array_sample(dataset, seed=seed).indices
        encode, _ = with_known_codes(
            encode, dataset, [first], progress=_named(progress, "encoding")
        )
        if hasattr(encode, "codes_at"):
            sample = CodesOfSome(first, encode.codes_at(first))

    def scorer(name, encode):
        score, options = catalog.METRICS[name].score, {"protocol": protocol}
        options |= {"seed": seed, **changes[name]}
        return lambda count: score(encode, dataset, progress=count, **options)

    # Those that encode have all cores, one after the other; then all that know their
    # codes share them: a thread for each would take from an encoder that waits for it.
    together = [n for n in names if sample and catalog.METRICS[n].uses_sample]
    scores = {
        name: scorer(name, encode)(_named(progress, name))
        for name in names
        if name not in together
    }
    together.sort(key=lambda name: name not in _LONG)
    waiting = {name: scorer(name, sample) for name in together}
    with warnings.catch_warnings():
        # Estimators leave it out each, but to leave out is the process's, not a
        # thread's: two at once would undo each other.
        warnings.simplefilter("ignore", ConvergenceWarning)
        scores |= side_by_side(waiting, progress)
    return {name: scores[name] for name in names}


def metric_names(
    metrics, dataset, protocol=catalog.LOCATELLO2019, default=catalog.DEFAULT
):
    """The metrics' names, with "all" and the default spelled out.

    Args:
        metrics: names, or "all": those of `ALL` that the protocol defines and for
            which the data set has what they need. None: those of `default` for which
            it has that, so none at all where it has no factors, or a single one.
        dataset: a data set.
        protocol: str.
        default: names.

    Returns:
        list of str, each once.

    Raises:
        ValueError: an unknown name or protocol, or a metric by its name that the
            protocol does not define or that needs factors the data set lacks.
    """
    protocols = {name for m in catalog.METRICS.values() for name in m.protocols}
    require_one_of("`protocol`", protocol, sorted(protocols))
    if metrics is None:
        possible = [name for name in default if _has_input(name, dataset)]
        # Factors of which none varies were meant to be measured by: that is told.
        is_told = dataset.has_factors and max(dataset.factor_sizes) < 2
        metrics = default if is_told else possible
    chosen = []
    for name in [metrics] if isinstance(metrics, str) else metrics:
        if name == "all":
            chosen += [n for n in catalog.ALL if _is_possible(n, dataset, protocol)]
            continue
        require_one_of("A metric", name, [*catalog.METRICS, "all"])
        metric = catalog.METRICS[name]
        if protocol not in metric.protocols:
            raise InvalidValue(
                f"{metric.label} must be computed by "
                f"{' or '.join(metric.protocols)}, which define it; received "
                f"protocol={protocol!r}. Leave the metric out, or the protocol."
            )
        if metric.needs_factors:
            dataset.require_factors(metric.label)
        chosen.append(name)
    return list(dict.fromkeys(chosen))


def _is_possible(name, dataset, protocol):
    is_defined = protocol in catalog.METRICS[name].protocols
    return is_defined and _has_input(name, dataset)


def _has_input(name, dataset):
    return catalog.METRICS[name].has_input(dataset)


def _changes(name, dataset, quick):
    """Settings that the data set or `quick` asks for."""
    if not catalog.METRICS[name].pools_images:
        return {}
    if quick or not dataset.is_complete_grid:
        return {"image_pool": min(QUICK_IMAGE_POOL, len(dataset))}
    return {}


def _named(progress, name):
    if progress is None:
        return None
    return lambda done, total: progress(name, done, total)
