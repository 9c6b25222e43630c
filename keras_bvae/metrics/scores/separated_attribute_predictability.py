"""SAP: how far the code that predicts a factor best is ahead of the second best."""

import time
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics.protocols import array_protocol
from keras_bvae.metrics.representation_arrays import (
    as_codes,
    as_factors,
    as_train_and_test,
    require_two_codes,
    require_varying,
    varying_columns,
)
from keras_bvae.metrics.score import Score
from keras_bvae.metrics.scores.mutual_information_gap import gap_of_two_largest

_INVERSE_REGULARISATION = 0.01
# Of the reference code: a code with less variance than this predicts nothing.
_LEAST_VARIANCE = 1e-12


def separated_attribute_predictability(
    codes, factors, test_codes=None, test_factors=None, continuous=False
):
    """Lead of each factor's best single code over its second best, averaged.

    How well code i alone predicts factor j: for classes the accuracy on the test rows
    of a linear support vector machine, for continuous factors the squared correlation.
    The score is the mean over factors of the largest less the second largest.

    Known faults. A straight line cannot tell 32 or 40 ordered values apart from one
    number, so perfect codes of dSprites get about 0.2; continuous=True gives them 1.
    The machine sees codes as they are, so their scale and offset matter. Continuous, a
    code with a variance up to 1e-12 counts as 0, whatever it tells.

    Args:
        codes: float array, shape `(n, latent_dim)`, latent_dim >= 2. A code that is
            constant here predicts the commonest value (of equals the least), so its
            accuracy is that value's share of the test rows; continuous, 0.
        factors: array, shape `(n, factors)`, class indices, each factor with two values
            or more; any numbers if continuous.
        test_codes, test_factors: the same of other images, with m rows; not used, and
            may be None, if continuous.
        continuous: bool, whether factors are quantities rather than classes.

    Returns:
        `Score`. Parts: `score_matrix` `(latent_dim, factors)`, `per_factor`
        `(factors,)`.

    Raises:
        ValueError: lengths that differ, NaN, one latent, a constant factor, factors
            that are no classes unless continuous, or no test arrays for classes.

    Source: Kumar et al. 2018 (arXiv:1711.00848), section 3; the machine's settings as
    in the code of Locatello et al. 2019 (arXiv:1811.12359).
    """
    started = time.perf_counter()
    if continuous:
        codes = as_codes(codes)
        factors = as_factors(factors, len(codes), continuous=True)
        require_varying(factors)
        sizes = {"train_points": len(codes)}
    else:
        _require_test_arrays(test_codes, test_factors)
        codes, factors, *test = as_train_and_test(
            codes, factors, test_codes, test_factors
        )
        sizes = {"train_points": len(codes), "test_points": len(test[0])}
    require_two_codes(codes)
    if continuous:
        matrix, settings = squared_correlations(codes, factors), {}
    else:
        matrix = _accuracies(codes, factors, *test)
        settings = {"inverse_regularisation": _INVERSE_REGULARISATION}
    per_factor = gap_of_two_largest(matrix)
    settings = {"continuous": bool(continuous), **settings, **sizes}
    return Score(
        name="separated_attribute_predictability",
        score=float(per_factor.mean()),
        parts={"score_matrix": matrix, "per_factor": per_factor},
        protocol=array_protocol("separated_attribute_predictability", settings),
        settings=settings,
        seed=None,
        seconds=time.perf_counter() - started,
    )


def squared_correlations(codes, factors):
    """Squared Pearson correlation of every code with every factor.

    Args:
        codes: float array, shape `(n, latent_dim)`.
        factors: float array, shape `(n, factors)`, none constant.

    Returns:
        float64 array, shape `(latent_dim, factors)`, in [0, 1]; 0 for a code whose
        variance (of n - 1 degrees of freedom) is 1e-12 or less.

    Source: Kumar et al. 2018 (arXiv:1711.00848), section 3.
    """
    codes = codes - codes.mean(axis=0)
    factors = factors - factors.mean(axis=0)
    code_squares = (codes**2).sum(axis=0)
    is_kept = code_squares > _LEAST_VARIANCE * (len(codes) - 1)
    squares = np.where(is_kept, code_squares, 1.0)[:, np.newaxis]
    ratio = (codes.T @ factors) ** 2 / squares / (factors**2).sum(axis=0)
    # Rounding: a perfect correlation may come out as 1 + 2e-16.
    return np.where(is_kept[:, np.newaxis], np.minimum(ratio, 1.0), 0.0)


def _accuracies(codes, factors, test_codes, test_factors):
    varies = varying_columns(codes)
    matrix = np.empty((codes.shape[1], factors.shape[1]))
    for j, (labels, test_labels) in enumerate(
        zip(factors.T, test_factors.T, strict=True)
    ):
        values, counts = np.unique(labels, return_counts=True)
        matrix[:, j] = (test_labels == values[counts.argmax()]).mean()
        for i in np.flatnonzero(varies):
            machine = _fit_linear_machine(codes[:, [i]], labels)
            matrix[i, j] = (machine.predict(test_codes[:, [i]]) == test_labels).mean()
    return matrix


def _fit_linear_machine(code, labels):
    # The primal problem draws no random numbers, and its solution is the dual's.
    machine = LinearSVC(C=_INVERSE_REGULARISATION, class_weight="balanced", dual=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return machine.fit(code, labels)


def _require_test_arrays(test_codes, test_factors):
    if test_codes is None or test_factors is None:
        raise InvalidValue(
            "Accuracy must be measured on other rows, so `test_codes` and "
            "`test_factors` are needed; received None. Pass them, or continuous=True "
            "for the squared correlation, which needs none."
        )
