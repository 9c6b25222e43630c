import numpy as np
import pytest
from reference_fixtures import expected, stored_arrays

from keras_bvae.metrics.estimators.relevance_matrix import (
    comparable_codes,
    relative_strength,
    relevance_matrix,
)

pytestmark = pytest.mark.filterwarnings("error")

# As the fixtures suggest: the reference's solver stops early.
TOLERANCE = {"lasso": 1e-3, "spearman": 1e-9}


@pytest.mark.parametrize("method", ["lasso", "spearman"])
def test_relevance_matrices_of_the_reference(method):
    arrays = stored_arrays("udr")
    models = [
        comparable_codes(codes.astype(float), kl > 0.01, method)
        for codes, kl in zip(arrays["reps"], arrays["kl"], strict=True)
    ]
    for a, codes in enumerate(models):
        for b, targets in enumerate(models):
            if a != b:
                np.testing.assert_allclose(
                    relevance_matrix(codes, targets, method),
                    arrays[f"R_{method}"][a, b],
                    atol=TOLERANCE[method],
                )


@pytest.mark.parametrize(
    "name",
    [
        "rel_identity",
        "rel_block",
        "rel_ones",
        "rel_zeros",
        "rel_random_5x5",
        "rel_nonsquare_3x5",
        "rel_zero_row_and_column",
    ],
)
def test_strengths_of_the_reference(name):
    wanted = expected()["matrices"][name]["relative_strength"]
    strength = relative_strength(stored_arrays("matrices")[name])
    assert strength == pytest.approx(wanted, abs=1e-9)


def test_strength_by_hand():
    # Columns 0.64 / 1 and 0.09 / 0.3, rows 0.64 / 1.1 and 0.04 / 0.2.
    strength = relative_strength([[0.8, 0.3], [0.2, 0.0]])
    columns, rows = (0.64 + 0.3) / 2, (0.64 / 1.1 + 0.2) / 2
    assert strength == pytest.approx((columns + rows) / 2)


def test_nan_spoils_its_row_and_its_column():
    # Left are the second column, (0.5)² / 0.5, and the second row, the same.
    matrix = [[np.nan, 0.0], [0.2, 0.5]]
    columns, rows = 0.25 / 0.5 / 2, 0.25 / 0.7 / 2
    assert relative_strength(matrix) == pytest.approx((columns + rows) / 2)


def test_an_empty_matrix_has_no_strength():
    assert relative_strength(np.zeros((0, 4))) == 0.0
    assert relative_strength(np.zeros((4, 0))) == 0.0


def test_rank_correlation_is_that_of_scipy_ties_included():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(0)
    codes = rng.integers(8, size=(200, 3)).astype(float)
    targets = codes @ rng.normal(size=(3, 2)) + rng.normal(size=(200, 2))
    wanted = np.abs(spearmanr(codes, targets).statistic[:3, 3:])
    found = relevance_matrix(
        comparable_codes(codes, np.ones(3, bool), "spearman"),
        comparable_codes(targets, np.ones(2, bool), "spearman"),
        "spearman",
    )
    np.testing.assert_allclose(found, wanted, atol=1e-12)


@pytest.mark.parametrize("method", ["lasso", "spearman"])
@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_comparable_codes_have_unit_variance_at_any_scale(method, scale):
    codes = scale * np.random.default_rng(0).normal(3, 2, size=(50, 2))
    codes = comparable_codes(codes, np.ones(2, bool), method)
    np.testing.assert_allclose(codes.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(codes.std(0), 1)


@pytest.mark.parametrize("method", ["lasso", "spearman"])
def test_inactive_and_constant_codes_become_zero(method):
    codes = np.random.default_rng(0).normal(size=(50, 3))
    codes[:, 1] = 0.1
    codes = comparable_codes(codes, np.array([True, True, False]), method)
    assert codes.any(0).tolist() == [True, False, False]
