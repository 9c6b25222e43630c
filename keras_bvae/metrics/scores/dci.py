"""DCI: disentanglement, completeness and informativeness from trees' importances."""

import time

import numpy as np

from keras_bvae.metrics.estimators.gradient_boosting import growing_trees
from keras_bvae.metrics.protocols import array_protocol
from keras_bvae.metrics.representation_arrays import (
    as_train_and_test,
    require_two_codes,
    require_varying,
)
from keras_bvae.metrics.score import Score
from keras_bvae.metrics.side_by_side import take_turns
from keras_bvae.rules import require_seed

# Added before normalising, as in the reference: a row of zeros counts as uniform.
_UNIFORM_IF_ZERO = 1e-11
STAGES = 100
QUICK_STAGES = 10
_DEPTH = 3
_LEARNING_RATE = 0.1


def dci(codes, factors, test_codes, test_factors, seed=0, progress=None):
    """Does each code serve one factor, each factor one code, and do they tell it?

    Gradient-boosted trees learn each factor from the codes. From their importances:
    *disentanglement* of a code, 1 - entropy of its row (base: factors);
    *completeness* of a factor, 1 - entropy of its column (base: codes); both averaged
    by weight. *Informativeness* is the accuracy, not the paper's error: higher is
    better.

    Known faults. Trees ignore scale: a collapsed code that still carries a trace of a
    factor, or mere noise, gets some importance. Perfect codes that are turned within
    a plane lose all, though no information is lost. The trees fit a factor of 40
    values badly from 10,000 rows, so informativeness mixes representation and
    classifier.

    Args:
        codes: float array, shape `(n, latent_dim)`, latent_dim >= 2, that the trees
            learn from; a constant code has no importance.
        factors: int array, shape `(n, factors)`, two factors or more, class indices.
        test_codes, test_factors: the same of other images.
        seed: int >= 0, for ties between two codes; moves the third digit.
        progress: None or function `(work done, work in all)`.

    Returns:
        `Score`, `.score` the disentanglement. Parts: `disentanglement`,
        `completeness`, `informativeness_train`, `informativeness_test`,
        `importance_matrix` `(latent_dim, factors)` with columns of sum 1,
        `disentanglement_per_code`, `completeness_per_factor`.

    Raises:
        ValueError: lengths or columns that differ, NaN, one latent, fewer than two
            factors, a constant factor, factors that are no classes, or a seed below 0.

    Source: Eastwood & Williams 2018 (OpenReview By-7dz-AZ), section 2; the trees as in
    Locatello et al. 2019 (arXiv:1811.12359).
    """
    return _dci("dci", STAGES, codes, factors, test_codes, test_factors, seed, progress)


def quick_dci(codes, factors, test_codes, test_factors, seed=0, progress=None):
    """DCI after 10 boosting stages instead of 100: a tenth of the time.

    Not comparable with published numbers: with fewer stages, importance gathers on the
    best codes, so disentanglement and completeness come out higher; informativeness
    comes out lower. For watching one training run, or ranking models.

    Arguments, record and errors are those of `dci`; the protocol is "custom".
    """
    return _dci(
        "quick_dci",
        QUICK_STAGES,
        codes,
        factors,
        test_codes,
        test_factors,
        seed,
        progress,
    )


def disentanglement_of_each_code(importance):
    """1 - entropy of each row, in units of log(factors).

    Args:
        importance: float array, shape `(latent_dim, factors)`, >= 0.

    Returns:
        float64 array, shape `(latent_dim,)`; 0 for a row of zeros.

    Source: Eastwood & Williams 2018 (OpenReview By-7dz-AZ), section 2.
    """
    rows = np.asarray(importance, np.float64) + _UNIFORM_IF_ZERO
    shares = rows / rows.sum(1, keepdims=True)
    return 1 + (shares * np.log(shares)).sum(1) / np.log(rows.shape[1])


def completeness_of_each_factor(importance):
    """1 - entropy of each column, in units of log(codes): `(factors,)`."""
    return disentanglement_of_each_code(np.transpose(importance))


def weighted_disentanglement(importance):
    """Disentanglement of all codes, each weighted by its share of the importance.

    Args:
        importance: float array, shape `(latent_dim, factors)`, >= 0.

    Returns:
        float, 0 if all importances are.
    """
    importance = np.asarray(importance, np.float64)
    total = importance.sum()
    weights = importance.sum(1) / total if total > 0 else np.zeros(len(importance))
    return float(weights @ disentanglement_of_each_code(importance))


def weighted_completeness(importance):
    """Completeness of all factors, each weighted by its share of the importance."""
    return weighted_disentanglement(np.transpose(importance))


def _dci(name, stages, codes, factors, test_codes, test_factors, seed, progress):
    started = time.perf_counter()
    arrays = as_train_and_test(codes, factors, test_codes, test_factors)
    require_two_codes(arrays[0])
    require_varying(arrays[1], least=2)
    require_seed(seed)
    importance, accuracies = _fit_each_factor(*arrays, stages, seed, progress)
    parts = {
        "disentanglement": weighted_disentanglement(importance),
        "completeness": weighted_completeness(importance),
        "informativeness_train": float(accuracies[0].mean()),
        "informativeness_test": float(accuracies[1].mean()),
        "importance_matrix": importance,
        "disentanglement_per_code": disentanglement_of_each_code(importance),
        "completeness_per_factor": completeness_of_each_factor(importance),
    }
    settings = {
        "classifier": "gradient_boosting",
        "stages": stages,
        "depth": _DEPTH,
        "learning_rate": _LEARNING_RATE,
        "train_points": len(arrays[0]),
        "test_points": len(arrays[2]),
    }
    return Score(
        name=name,
        score=parts["disentanglement"],
        parts=parts,
        protocol=array_protocol(name, settings),
        settings=settings,
        seed=int(seed),
        seconds=time.perf_counter() - started,
    )


def _fit_each_factor(codes, factors, test_codes, test_factors, stages, seed, progress):
    """Importances `(latent_dim, factors)`, and accuracies `(2, factors)`."""
    pieces = [
        (
            growing_trees(
                codes,
                column,
                test_codes,
                stages,
                _DEPTH,
                _LEARNING_RATE,
                [seed, number],
            ),
            (stages, _trees_of_a_stage(column)),
        )
        for number, column in enumerate(factors.T)
    ]
    forests = take_turns(pieces, progress)
    right = [
        [
            (trees.predictions == factors[:, number]).mean(),
            (trees.test_predictions == test_factors[:, number]).mean(),
        ]
        for number, trees in enumerate(forests)
    ]
    importances = [trees.importances for trees in forests]
    return np.stack(importances, axis=1), np.array(right).T


def _trees_of_a_stage(classes):
    """One for each class; a factor of two classes takes one."""
    size = len(np.unique(classes))
    return 1 if size == 2 else size
