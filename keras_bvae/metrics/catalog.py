"""Every metric by a short name, in one form: `encode` and data in, `Score` out."""

import dataclasses
import functools
import time
from collections.abc import Callable
from typing import NamedTuple

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics.protocols import CUSTOM
from keras_bvae.metrics.sampling.answering_factors import protocol_factors
from keras_bvae.metrics.sampling.array_sample import array_sample
from keras_bvae.metrics.sampling.encoding import reduce_codes
from keras_bvae.metrics.scores.adjusted_scores import (
    adjusted_modularity,
    adjusted_mutual_information_gap,
)
from keras_bvae.metrics.scores.beta_vae_score import beta_vae_score, beta_vae_settings
from keras_bvae.metrics.scores.dci import dci, quick_dci
from keras_bvae.metrics.scores.factor_vae_score import (
    factor_vae_score,
    factor_vae_settings,
    scale_free_factor_vae_score,
    scale_free_factor_vae_settings,
)
from keras_bvae.metrics.scores.interventional_robustness import (
    interventional_robustness,
)
from keras_bvae.metrics.scores.modularity_explicitness import explicitness, modularity
from keras_bvae.metrics.scores.mutual_information_gap import mutual_information_gap
from keras_bvae.metrics.scores.separated_attribute_predictability import (
    separated_attribute_predictability,
)
from keras_bvae.metrics.scores.unsupervised_scores import (
    active_units,
    unsupervised_scores,
)

LOCATELLO2019 = "locatello2019"
# Those whose functions tell how far they are.
_WITH_PROGRESS = (dci, quick_dci)


class NamedMetric(NamedTuple):
    """A metric as the callback and the command know it.

    Attributes:
        label: str, what a table calls it.
        score: function `(encode, dataset, protocol, seed, progress, **settings)` to
            `Score`; `encode` as for `beta_vae_score`.
        settings: function `(dataset, protocol, seed, **settings)` that raises on what
            `score` would reject, before anything is encoded.
        quick: dict of settings that make it cheap enough for every epoch.
        protocols: names of the protocols that define it.
        uses_sample: bool, whether it looks at `array_sample`'s images and at no other.
        pools_images: bool, whether `image_pool` limits how many images it encodes.
        needs_factors: bool.
        least_factors: int, how many must vary for it to mean anything.
    """

    label: str
    score: Callable
    settings: Callable
    quick: dict
    protocols: tuple = (LOCATELLO2019,)
    pools_images: bool = False
    uses_sample: bool = False
    needs_factors: bool = True
    least_factors: int = 1

    def has_input(self, dataset):
        """Whether a data set has the factors that it needs."""
        if not self.needs_factors:
            return True
        return dataset.has_factors and (
            len(protocol_factors(dataset)[0]) >= self.least_factors
        )


def _of_arrays(label, function, takes, needs_factors=True, least_factors=1, **fixed):
    """A metric of plain arrays, applied to a sample of the data set's images.

    `takes`: what the function is given, "train" or "train and test".
    """

    def settings(dataset, protocol=LOCATELLO2019, seed=0, **changes):
        if protocol != LOCATELLO2019:
            raise InvalidValue(
                f"{label} is defined by protocol='{LOCATELLO2019}' only; received "
                f"protocol={protocol!r}. That one has the β-VAE score."
            )
        unknown = set(changes) - {"train_points", "test_points"}
        if unknown:
            raise InvalidValue(
                f"{label} takes the settings train_points and test_points; received "
                f"{', '.join(sorted(unknown))}. For others call "
                "the function of keras_bvae.metrics with arrays."
            )
        if needs_factors:
            _require_varying_factor(label, dataset)
        return array_sample(dataset, seed=seed, **changes)

    def score(
        encode, dataset, protocol=LOCATELLO2019, seed=0, progress=None, **changes
    ):
        started = time.perf_counter()
        sample = settings(dataset, protocol, seed, **changes)
        codes, sizes = reduce_codes(
            encode, dataset, sample.indices[:, None], _only_one, progress=progress
        )
        arguments = [sample.split(codes)]
        if needs_factors:
            arguments.append(sample.split(sample.factors))
        sides = (0, 1) if takes == "train and test" else (0,)
        arrays = [pair[side] for side in sides for pair in arguments]
        options = {"progress": progress} if function in _WITH_PROGRESS else {}
        result = function(*arrays, **fixed, **options)
        is_published = sample.are_published or not needs_factors
        return dataclasses.replace(
            result,
            protocol=result.protocol if is_published else CUSTOM,
            settings={
                **result.settings,
                "dataset": dataset.name,
                "factor_names": sample.factor_names,
                **sizes,
            },
            seed=int(seed),
            seconds=time.perf_counter() - started,
        )

    quick = {"train_points": 5_000, "test_points": 2_500}
    return NamedMetric(
        label,
        score,
        settings,
        quick,
        uses_sample=True,
        needs_factors=needs_factors,
        least_factors=least_factors,
    )


def _require_varying_factor(label, dataset):
    dataset.require_factors(label)
    if not protocol_factors(dataset)[0]:
        raise InvalidValue(
            f"{label} needs a factor with two values or more; received the data set "
            f"{dataset.name}, where none varies. Bring images of different factors."
        )


def _only_one(codes):
    """The codes of points that are one image each."""
    return codes[:, 0]


def _scale_free(encode, dataset, protocol, seed, progress, **settings):
    return scale_free_factor_vae_score(
        encode, dataset, seed=seed, progress=progress, **settings
    )


# 5,000 images instead of 682,000, and half the points; the weight of the penalty on
# each point stays the paper's (C · points). The published dSprites models score within
# 0.01 of `locatello2019` on average over 8 seeds, with a standard deviation of 0.007.
QUICK_BETA_VAE = {
    "image_pool": 5_000,
    "train_points": 5_000,
    "test_points": 2_500,
    "inverse_regularisation": 2.0,
}
QUICK_FACTOR_VAE = {
    "image_pool": 5_000,
    "variance_points": 5_000,
    "train_points": 5_000,
    "test_points": 2_500,
}

# To add a metric, add a line; the command's static list is in cli/kbvae/names.py.
METRICS = {
    "beta_vae": NamedMetric(
        "β-VAE score",
        beta_vae_score,
        beta_vae_settings,
        QUICK_BETA_VAE,
        (LOCATELLO2019, "higgins2017"),
        pools_images=True,
        least_factors=2,
    ),
    "factor_vae": NamedMetric(
        "FactorVAE score",
        factor_vae_score,
        factor_vae_settings,
        QUICK_FACTOR_VAE,
        pools_images=True,
        least_factors=2,
    ),
    "mig": _of_arrays("MIG", mutual_information_gap, "train"),
    "dci": _of_arrays("DCI disentanglement", dci, "train and test", least_factors=2),
    "sap": _of_arrays("SAP", separated_attribute_predictability, "train and test"),
    "modularity": _of_arrays("modularity", modularity, "train", least_factors=2),
    "explicitness": _of_arrays("explicitness", explicitness, "train and test"),
    "irs": _of_arrays("IRS", interventional_robustness, "train"),
    "unsupervised": _of_arrays(
        "Gaussian total correlation", unsupervised_scores, "train", needs_factors=False
    ),
    "active_units": _of_arrays(
        "active units", active_units, "train", needs_factors=False
    ),
    "quick_dci": _of_arrays("quick DCI", quick_dci, "train and test", least_factors=2),
    "adjusted_mig": _of_arrays(
        "adjusted MIG", adjusted_mutual_information_gap, "train"
    ),
    "adjusted_modularity": _of_arrays(
        "adjusted modularity", adjusted_modularity, "train", least_factors=2
    ),
    "continuous_sap": _of_arrays(
        "SAP, continuous",
        functools.partial(separated_attribute_predictability, continuous=True),
        "train and test",
    ),
    "scale_free_factor_vae": NamedMetric(
        "FactorVAE score, scale-free",
        _scale_free,
        scale_free_factor_vae_settings,
        QUICK_FACTOR_VAE,
        pools_images=True,
        least_factors=2,
    ),
}
# What is measured where nobody says what.
DEFAULT = ("beta_vae",)
# What `all` stands for: the metrics whose published numbers compare, and one count.
ALL = (
    "beta_vae",
    "factor_vae",
    "mig",
    "dci",
    "sap",
    "modularity",
    "explicitness",
    "irs",
    "unsupervised",
    "active_units",
)
