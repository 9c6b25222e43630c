"""What the metrics that name a shared factor agree on before they draw anything."""

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics.protocols import CUSTOM, resolve_protocol
from keras_bvae.rules import require_seed


def answering_settings(metric, published, dataset, protocol, seed, changes):
    """A protocol's honest name and its full settings on this data set.

    Args:
        metric: str, the metric as the subject of a sentence: "The β-VAE metric".
        published: dict, protocol name to settings, with `factor_names` and
            `image_pool`.
        dataset: a data set with factors.
        protocol: str, a key of `published`.
        seed: int >= 0.
        changes: dict of settings to replace.

    Returns:
        `(name, settings)`; `settings["factor_names"]` lists the possible answers, and
        the name is "custom" where they are not the protocol's.

    Raises:
        ValueError: no factors, fewer than two that vary, a factor name that the data
            set lacks, an unknown protocol or setting, a value out of range, or a data
            set that lacks combinations of factors without `image_pool`.
    """
    dataset.require_factors()
    require_seed(seed)
    name, settings = resolve_protocol(published, protocol, changes)
    asked, are_published = settings["factor_names"], True
    if asked is None:
        names, are_published = protocol_factors(dataset)
        asked = names if len(names) > 1 else tuple(dataset.factor_names)
    settings["factor_names"] = answering_factors(metric, dataset, asked)
    if not are_published or settings["factor_names"] != asked:
        name = CUSTOM
    if settings["image_pool"] is None and not getattr(
        dataset, "is_complete_grid", True
    ):
        raise InvalidValue(
            "With image_pool=None every combination of factors must have its image; "
            f"received {dataset.name}, which lacks some. Pass image_pool=5000 to draw "
            "among images that exist."
        )
    return name, settings


def protocol_factors(dataset):
    """The factors that `locatello2019` scores a data set by, those that vary.

    For a published data set they are those of the paper's code, which leaves out
    smallNORB's instance, and knows dSprites with the shape hidden. For any other one
    they are all that it has.

    Args:
        dataset: a data set with factors.

    Returns:
        `(names, are_published)`: a tuple in the data set's order; False where one of
        the paper's factors is missing or held still, so that the protocol's name does
        not stand for what is measured.
    """
    sizes = zip(dataset.factor_names, dataset.factor_sizes, strict=True)
    varying = tuple(name for name, size in sizes if size > 1)
    published = getattr(dataset, "published_factors", None)
    if published is None:
        return varying, True
    complete = [names for names in published if set(names) <= set(varying)]
    # The nearest there is: what the paper's factors leave of it.
    known = (complete or published or (varying,))[0]
    return tuple(name for name in varying if name in known), bool(complete)


def answering_factors(metric, dataset, factor_names):
    """The factors that may be fixed: those asked for that have more than one value.

    Args:
        metric: str, the metric as the subject of a sentence.
        dataset: a data set with factors.
        factor_names: names, or None for all factors.

    Returns:
        Tuple of names, at least two.

    Raises:
        ValueError: a name that the data set lacks or that occurs twice, or fewer than
            two factors that vary.
    """
    sizes = dict(zip(dataset.factor_names, dataset.factor_sizes, strict=True))
    asked = tuple(sizes) if factor_names is None else factor_names
    if any(name not in sizes for name in asked) or len(set(asked)) < len(asked):
        raise InvalidValue(
            "`factor_names` must be different factors of the data set; received "
            f"{', '.join(asked)}, while {dataset.name} has {', '.join(sizes)}. "
            "Pass factor_names=None for all that vary."
        )
    answers = tuple(name for name in asked if sizes[name] > 1)
    if len(answers) < 2:
        raise InvalidValue(
            f"{metric} must have at least two factors that vary to tell apart; "
            f"received {len(answers)} among {', '.join(asked) or 'none'} of "
            f"{dataset.name}. Use a data set, or factor_names, with more."
        )
    return answers


def require_two_answers(labels):
    """Raises unless the training points fixed at least two different factors.

    Args:
        labels: int array, shape `(train_points,)`.

    Raises:
        ValueError: all are the same.
    """
    if np.unique(labels).size < 2:
        raise InvalidValue(
            "`train_points` must be enough to draw different factors; received "
            f"{len(labels)} that all fixed the same one. Use 100 or more."
        )
