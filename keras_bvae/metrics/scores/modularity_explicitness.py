"""Modularity and explicitness: one factor a code, and all factors from all codes."""

import time

import numpy as np
import scipy.stats

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics.estimators.linear_models import fit_logistic_regression
from keras_bvae.metrics.estimators.mutual_information import (
    discretise,
    mutual_information,
)
from keras_bvae.metrics.protocols import array_protocol
from keras_bvae.metrics.representation_arrays import (
    as_codes,
    as_factors,
    as_train_and_test,
    require_varying,
    varying_columns,
)
from keras_bvae.metrics.score import Score

# Of explicitness: the reference code leaves both at what scikit-learn has.
_CLASSIFIER = {"inverse_regularisation": 1.0, "iterations": 100}
_CHANCE = 0.5


def modularity(codes, factors, bins=20):
    """How nearly each code tells of one factor only, averaged over all codes.

    1: every code tells of one factor and of no other. Two codes may tell of the same
    one; mutual_information_gap asks for the opposite.

    Known faults. Counts make independent codes look informative, the more so the more
    values a factor has: pure noise gets about 2/3 with the factors of dSprites. A
    collapsed code, whose noise fills the bins, gets the same; only an exactly constant
    one gets 0, which lowers the average. `adjusted_modularity` mends all three.

    Args:
        codes: float array, shape `(n, latent_dim)`; a constant code counts as 0.
        factors: int array, shape `(n, factors)`, class indices, factors >= 2, each
            with two values or more.
        bins: int >= 2, equal-width bins per code; see `discretise`.

    Returns:
        `Score`. Parts: `mutual_information` `(latent_dim, factors)` in nats,
        `per_code` `(latent_dim,)`.

    Raises:
        ValueError: lengths that differ, NaN, a single factor, a constant one, factors
            that are no classes, or `bins` out of range.

    Source: Ridgeway & Mozer 2018 (arXiv:1802.05312), their modularity; the bins, and
    the average over all codes, as in Locatello et al. 2019 (arXiv:1811.12359).
    """
    started = time.perf_counter()
    codes = as_codes(codes)
    factors = as_factors(factors, len(codes))
    require_varying(factors, least=2)
    information = mutual_information(discretise(codes, bins), factors)
    per_code = modularity_of_each_code(information)
    settings = {"bins": bins, "train_points": len(codes)}
    return Score(
        name="modularity",
        score=float(per_code.mean()),
        parts={"mutual_information": information, "per_code": per_code},
        protocol=array_protocol("modularity", settings),
        settings=settings,
        seed=None,
        seconds=time.perf_counter() - started,
    )


def explicitness(codes, factors, test_codes, test_factors):
    """Area under the ROC curve of a logistic regression, over values and factors.

    For each factor a multinomial logistic regression is fitted to the standardised
    codes; each value of the factor against all others gives an area under the curve;
    the mean is taken over the values, then over the factors. 1: every factor can be
    read off linearly. It does not matter how many codes that takes: a rotation of
    perfect codes scores as high as they do.

    Known faults. Chance is 0.5, not 0; the part `test_rescaled` puts it at 0. Numbers
    computed with scikit-learn 0.21 or older are about 0.04 lower: its classifier was
    one-vs-rest by default. Perfect codes of dSprites get 0.96, as neighbouring values
    of an ordered factor overlap for a linear classifier.

    Args:
        codes: float array, shape `(n, latent_dim)`. A code that is constant here is
            dropped; if all are, nothing can be read and every result is 0.5.
        factors: int array, shape `(n, factors)`, class indices, each factor with two
            values or more.
        test_codes: float array, shape `(m, latent_dim)`.
        test_factors: int array, shape `(m, factors)`, each with two values or more. A
            value that is missing here has no area and is left out of the mean; a value
            that occurs only here is one more of the "others".

    Returns:
        `Score`, the mean on the test rows. Parts: `train`, `test`, `test_rescaled`
        (2 · test - 1), `per_factor_train` and `per_factor_test` `(factors,)`.

    Raises:
        ValueError: lengths that differ, NaN, a constant factor (in the test rows too),
            factors that are no classes, or a factor whose test values all are new.

    Source: Ridgeway & Mozer 2018 (arXiv:1802.05312), their explicitness; classifier
    and settings as in the code of Locatello et al. 2019 (arXiv:1811.12359).
    """
    started = time.perf_counter()
    codes, factors, test_codes, test_factors = as_train_and_test(
        codes, factors, test_codes, test_factors
    )
    require_varying(test_factors, "test_factors")
    _require_known_values(factors, test_factors)
    train, test = _standardised(codes, test_codes)
    areas = [
        _areas_of_factor(train, labels, test, test_labels)
        for labels, test_labels in zip(factors.T, test_factors.T, strict=True)
    ]
    per_factor_train, per_factor_test = np.array(areas).T
    score = float(per_factor_test.mean())
    sizes = {"train_points": len(codes), "test_points": len(test_codes)}
    settings = {**_CLASSIFIER, **sizes}
    return Score(
        name="explicitness",
        score=score,
        parts={
            "train": float(per_factor_train.mean()),
            "test": score,
            "test_rescaled": 2 * score - 1,
            "per_factor_train": per_factor_train,
            "per_factor_test": per_factor_test,
        },
        protocol=array_protocol("explicitness", settings),
        settings=settings,
        seed=None,
        seconds=time.perf_counter() - started,
    )


def modularity_of_each_code(mutual_information):
    """One less the information on the other factors, squared and relative.

    With m the largest information of a code, on any of k factors: 1 - (the sum of the
    squares of its other k - 1 informations) / ((k - 1) m²).

    Args:
        mutual_information: array, shape `(latent_dim, factors)`, >= 0, in nats (or any
            other unit: only ratios matter), factors >= 2.

    Returns:
        float64 array, shape `(latent_dim,)`, in [0, 1]; 0 for a code without any
        information.

    Source: Ridgeway & Mozer 2018 (arXiv:1802.05312), their modularity.
    """
    information = np.asarray(mutual_information, np.float64)
    largest = information.max(axis=1)
    tells = largest > 0
    # Ratios before squares: the square of a tiny information would vanish.
    ratios = information / np.where(tells, largest, 1.0)[:, np.newaxis]
    others = (ratios**2).sum(axis=1) - 1.0
    return np.where(tells, 1.0 - others / (information.shape[1] - 1), 0.0)


def areas_under_curves(scores, labels, values):
    """Area under the ROC curve of each value against all others.

    The chance that a row with the value scores higher than a row without it; a tie
    counts half.

    Args:
        scores: float array, shape `(n, values)`, a column for each of `values`.
        labels: int array, shape `(n,)`.
        values: int array, shape `(values,)`.

    Returns:
        float64 array, in [0, 1], of those values alone that some rows have and others
        have not.

    Source: Hanley & McNeil 1982: the area is the rank-sum statistic of Wilcoxon.
    """
    ranks = scipy.stats.rankdata(scores, axis=0)
    has_value = np.asarray(labels)[:, np.newaxis] == np.asarray(values)
    with_value = has_value.sum(axis=0)
    without = len(has_value) - with_value
    ranks_above = (ranks * has_value).sum(axis=0) - with_value * (with_value + 1) / 2
    is_defined = (with_value > 0) & (without > 0)
    return ranks_above[is_defined] / (with_value * without)[is_defined]


def _require_known_values(factors, test_factors):
    for column, (labels, test_labels) in enumerate(
        zip(factors.T, test_factors.T, strict=True)
    ):
        if not np.isin(test_labels, labels).any():
            raise InvalidValue(
                "The test rows must have values of a factor that the training rows "
                f"have too; received none in column {column}. Split rows at random."
            )


def _standardised(codes, test_codes):
    """Both arrays by the mean and spread of the first, without its constant codes."""
    varies = varying_columns(codes)
    codes, test_codes = codes[:, varies], test_codes[:, varies]
    mean, spread = codes.mean(axis=0), codes.std(axis=0)
    return (codes - mean) / spread, (test_codes - mean) / spread


def _areas_of_factor(codes, labels, test_codes, test_labels):
    """The mean area on the training rows, and on the test rows."""
    if not codes.shape[1]:
        return _CHANCE, _CHANCE
    classifier, _ = fit_logistic_regression(codes, labels, **_CLASSIFIER)
    return tuple(
        areas_under_curves(
            classifier.predict_proba(rows), rows_labels, classifier.classes_
        ).mean()
        for rows, rows_labels in ((codes, labels), (test_codes, test_labels))
    )
