import json
import re

import numpy as np
import pytest
from reference_fixtures import expected, stored_arrays

from keras_bvae.metrics.scores.unsupervised_disentanglement_ranking import (
    comparable_codes,
    relative_strength,
    relevance_matrix,
    unsupervised_disentanglement_ranking,
)

pytestmark = pytest.mark.filterwarnings("error")
BOTH_METHODS = pytest.mark.parametrize("method", ["lasso", "spearman"])
# Of a relevance, as the fixtures suggest: the reference's solver stops early.
TOLERANCE = {"lasso": 1e-3, "spearman": 1e-9}
GOOD = np.eye(5)[:, :3]


def three_models(rows=2000):
    """Two alike but for order, sign and scale, and a rotation of them."""
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(rows, 4))
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    return [codes, codes[:, [2, 0, 3, 1]] * [3, -1, 0.1, -5], codes @ turn]


def active_kl(models):
    return [np.ones(model.shape[1]) for model in models]


# ---- relevance and strength ------------------------------------------------------


@BOTH_METHODS
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


@BOTH_METHODS
@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_comparable_codes_have_unit_variance_at_any_scale(method, scale):
    codes = scale * np.random.default_rng(0).normal(3, 2, size=(50, 2))
    codes = comparable_codes(codes, np.ones(2, bool), method)
    np.testing.assert_allclose(codes.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(codes.std(0), 1)


@BOTH_METHODS
def test_inactive_and_constant_codes_become_zero(method):
    codes = np.random.default_rng(0).normal(size=(50, 3))
    codes[:, 1] = 0.1
    codes = comparable_codes(codes, np.array([True, True, False]), method)
    assert codes.any(0).tolist() == [True, False, False]


# ---- against the reference -------------------------------------------------------


@pytest.mark.parametrize("filtered", [True, False])
@BOTH_METHODS
def test_all_scores_of_the_reference(method, filtered):
    arrays = stored_arrays("udr")
    block = expected()["udr"][f"{method}_{'filtered' if filtered else 'unfiltered'}"]
    score = unsupervised_disentanglement_ranking(
        arrays["reps"], arrays["kl"], method, filtered
    )
    tolerance = {"lasso": 5e-4, "spearman": 1e-9}[method]
    for part in ("pairwise", "model_scores"):
        np.testing.assert_allclose(score.parts[part], block[part], atol=tolerance)
    assert score.score == pytest.approx(max(block["model_scores"]), abs=tolerance)
    assert score.parts["best_model"] == np.argmax(block["model_scores"])
    assert score.protocol == ("duan2020" if filtered else "custom")


# ---- known answers ---------------------------------------------------------------


def test_models_that_are_alike_find_each_other_and_not_the_rotated_one():
    models = three_models()
    score = unsupervised_disentanglement_ranking(models, active_kl(models), "spearman")
    # Not 1: of 2,000 independent pairs a correlation is 0.018 on average, and there are
    # three of them beside each 1.
    expected = 1 / (1 + 3 * 0.018)
    assert score.parts["pairwise"][0, 1] == pytest.approx(expected, abs=0.02)
    assert score.parts["pairwise"][0, 2] < 0.6
    np.testing.assert_allclose(score.parts["pairwise"], score.parts["pairwise"].T)


def test_lasso_gives_equal_models_the_coefficient_that_alpha_leaves():
    codes = np.linalg.qr(np.random.default_rng(0).normal(size=(500, 4)))[0]
    codes = np.linalg.qr(codes - codes.mean(0))[0]
    score = unsupervised_disentanglement_ranking([codes, -codes], np.ones((2, 4)))
    # By hand: uncorrelated codes, so a diagonal matrix of 1 - 0.1.
    assert score.score == pytest.approx(0.9, abs=1e-6)


@BOTH_METHODS
def test_inactive_latents_change_nothing(method):
    models = three_models()
    plain = unsupervised_disentanglement_ranking(models, active_kl(models), method)
    noise = np.random.default_rng(1).normal(size=(2000, 2))
    longer = [np.hstack([noise, models[0]]), models[1], models[2]]
    kl = [np.array([0.01, 0.0, 1, 1, 1, 1]), *active_kl(models[1:])]
    score = unsupervised_disentanglement_ranking(longer, kl, method)
    np.testing.assert_allclose(score.parts["pairwise"], plain.parts["pairwise"])
    assert score.parts["active_latents"] == [4, 4, 4]


@BOTH_METHODS
@pytest.mark.parametrize("filtered", [True, False])
def test_a_model_without_active_latents_scores_zero(method, filtered):
    models = three_models(200)
    kl = [np.ones(4), np.ones(4), np.zeros(4)]
    score = unsupervised_disentanglement_ranking(models, kl, method, filtered)
    assert score.parts["model_scores"][2] == 0
    assert not score.parts["pairwise"][:, 2].any()
    assert not score.parts["pairwise"][2].any()
    assert score.parts["pairwise"][0, 1] > 0.5
    everywhere = [np.zeros(4)] * 3
    assert unsupervised_disentanglement_ranking(models, everywhere, method).score == 0


@BOTH_METHODS
def test_an_active_latent_of_constant_mean_relates_to_nothing(method):
    models = three_models()
    kl = active_kl(models)
    models[0][:, 1] = 0.1
    parts = unsupervised_disentanglement_ranking(models, kl, method).parts
    # One of four codes has no partner, on either side.
    assert parts["pairwise"][0, 1] == pytest.approx(0.75, abs=0.1)


def test_the_known_fault_of_ranks_with_inactive_latents():
    models = three_models(200)
    kl = [np.array([1, 1, 1, 0.0])] * 3
    score = unsupervised_disentanglement_ranking(models, kl, "spearman", False)
    assert score.score == 0


def test_a_model_score_is_the_median_of_its_column():
    rng = np.random.default_rng(3)
    models = [rng.normal(size=(100, d)) for d in (2, 3, 5, 4)]
    parts = unsupervised_disentanglement_ranking(models, active_kl(models)).parts
    others = parts["pairwise"][[0, 1, 3], 2]
    assert parts["model_scores"][2] == np.median(others)
    assert not np.diag(parts["pairwise"]).any()


def test_the_record_says_all_that_made_it():
    models = three_models(100)
    score = unsupervised_disentanglement_ranking(models, active_kl(models))
    record = json.loads(score.to_json())
    assert record["name"] == "unsupervised_disentanglement_ranking"
    assert record["seed"] is None
    assert record["settings"] == {
        "method": "lasso",
        "filtered": True,
        "alpha": 0.1,
        "kl_threshold": 0.01,
        "models": 3,
        "images": 100,
    }


# ---- bad input -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "kl", "message"),
    [
        ([GOOD], [np.ones(3)], "received codes of 1 and KLs of 1"),
        ([], [], "received codes of 0 and KLs of 0"),
        ([GOOD, GOOD], [np.ones(3)], "received codes of 2 and KLs of 1"),
        ([GOOD, GOOD[:4]], np.ones((2, 3)), "received 5, 4 rows of codes"),
        ([GOOD, GOOD * np.nan], np.ones((2, 3)), "`codes_of_each_model[1]` must be f"),
        ([GOOD, GOOD[0]], np.ones((2, 3)), "`codes_of_each_model[1]` must have shape"),
        ([GOOD, GOOD], np.ones((2, 2)), "`kl_of_each_model[0]` must be 3 finite"),
        ([GOOD, GOOD], [np.ones(3), [1, np.nan, 1]], "received NaN or infinity"),
        ([GOOD, GOOD], [np.ones(3), 1.0], "received shape ()"),
        ([GOOD, GOOD], [np.ones(3), ["a", "b", "c"]], "must be numbers; received"),
    ],
)
def test_bad_input_is_named(codes, kl, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        unsupervised_disentanglement_ranking(codes, kl)


def test_an_unknown_method_names_the_nearest():
    with pytest.raises(ValueError, match=r"received 'spearmen'\. Did you mean"):
        unsupervised_disentanglement_ranking([GOOD] * 2, np.ones((2, 3)), "spearmen")
