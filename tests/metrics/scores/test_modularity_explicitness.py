import re

import numpy as np
import pytest
from reference_fixtures import CASES, arrays_of, expected, stored_arrays
from sklearn.metrics import roc_auc_score

from keras_bvae.metrics.protocols import ARRAYS
from keras_bvae.metrics.scores.modularity_explicitness import (
    areas_under_curves,
    explicitness,
    modularity,
    modularity_of_each_code,
)

pytestmark = pytest.mark.filterwarnings("error")
MATRICES = ("mi_random_5x5", "mi_two_zero_rows_8x5", "mi_diag_5x5")


def small_arrays(values=(3, 4), rows=(120, 60), latent_dim=3):
    """Codes that tell something of factors with `values` values each."""
    rng = np.random.default_rng(0)
    factors = np.stack([np.arange(sum(rows)) % size for size in values], axis=1)
    rng.shuffle(factors)
    mixing = rng.normal(size=(len(values), latent_dim))
    codes = factors @ mixing + rng.normal(size=(sum(rows), latent_dim))
    return codes[: rows[0]], factors[: rows[0]], codes[rows[0] :], factors[rows[0] :]


# ---- modularity ------------------------------------------------------------------


@pytest.mark.parametrize("name", MATRICES)
def test_the_formula_of_the_reference(name):
    per_code = modularity_of_each_code(stored_arrays("matrices")[name])
    reference = expected()["matrices"][name]["modularity"]
    assert per_code.mean() == pytest.approx(reference, abs=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_the_modularity_of_the_reference(case):
    block = expected()["cases"][case]
    codes, factors, *_ = arrays_of(case)
    score = modularity(codes, factors)
    assert score.score == pytest.approx(block["modularity"]["score"], abs=1e-6)
    assert score.score == score.parts["per_code"].mean()
    np.testing.assert_allclose(
        score.parts["mutual_information"], block["mig"]["mutual_information"], atol=1e-6
    )


def test_each_code_by_hand():
    # By hand: 1 - (3/4)²/2; one factor only; all the same; nothing.
    information = [[3, 4, 0], [0, 0, 2], [5, 5, 5], [0, 0, 0]]
    np.testing.assert_allclose(
        modularity_of_each_code(information), [0.71875, 1, 0, 0], rtol=1e-12
    )


def test_only_ratios_of_information_matter_however_small():
    information = np.random.default_rng(0).random((6, 4))
    np.testing.assert_allclose(
        modularity_of_each_code(1e-200 * information),
        modularity_of_each_code(information),
        rtol=1e-12,
    )


def test_a_constant_code_counts_as_nothing():
    codes, factors, *_ = arrays_of("constant_dims")
    per_code = modularity(codes, factors).parts["per_code"]
    constant = (codes == codes[0]).all(axis=0)
    assert constant.sum() == 2
    np.testing.assert_array_equal(per_code == 0, constant)
    assert modularity(np.full((600, 3), 0.1), factors).score == 0.0


def test_order_and_sign_of_codes_change_nothing():
    codes, factors, *_ = arrays_of("rotation")
    score = modularity(codes, factors).score
    assert modularity(codes[:, ::-1], factors[:, ::-1]).score == pytest.approx(score)
    assert modularity(codes * 4.0, factors).score == pytest.approx(score)


def test_the_known_fault_noise_gets_two_thirds():
    codes, factors, *_ = arrays_of("noise")
    assert modularity(codes, factors).score == pytest.approx(2 / 3, abs=0.01)


def test_the_record_of_modularity_says_all_that_made_it():
    codes, factors, *_ = arrays_of("dropped_factor")
    score = modularity(np.tile(codes, (5, 1)), np.tile(factors, (5, 1)))
    assert (score.name, score.protocol, score.seed) == (
        "modularity",
        "locatello2019",
        None,
    )
    assert score.settings == ARRAYS["locatello2019"]["modularity"]
    assert modularity(codes, factors, bins=10).protocol == "custom"


@pytest.mark.parametrize(
    ("codes", "factors", "bins", "received"),
    [
        (np.eye(4), np.eye(3, dtype=int), 20, "received 4 rows of codes and 3 of"),
        (np.eye(4), np.eye(4, dtype=int)[:, :1], 20, "2 or more; received 1 in"),
        (np.eye(4), np.eye(4, dtype=int) // 2, 20, "`factors` with one each in column"),
        (np.full((4, 1), np.nan), np.eye(4, dtype=int), 20, "NaN or infinity in 4"),
        (np.eye(4), np.eye(4) / 2, 20, "received 0.5 in factor 0"),
        (np.eye(4), np.eye(4, dtype=int), 0, "received bins=0"),
    ],
)
def test_bad_input_of_modularity_is_named(codes, factors, bins, received):
    with pytest.raises(ValueError, match=re.escape(received)):
        modularity(codes, factors, bins)


# ---- explicitness ----------------------------------------------------------------


@pytest.mark.parametrize("case", [case for case in CASES if case != "constant_dims"])
def test_the_explicitness_of_the_reference(case):
    block = expected()["cases"][case]["explicitness"]
    score = explicitness(*arrays_of(case))
    assert score.score == score.parts["test"]
    for part in ("train", "test"):
        assert score.parts[part] == pytest.approx(block[part], abs=3e-4)
        per_factor = f"per_factor_{part}"
        np.testing.assert_allclose(
            score.parts[per_factor], block[per_factor], atol=1e-3
        )


def test_constant_codes_on_which_the_reference_fails_are_dropped():
    codes, factors, test_codes, test_factors = arrays_of("constant_dims")
    varies = (codes != codes[0]).any(axis=0)
    assert varies.sum() == 5
    score = explicitness(codes, factors, test_codes, test_factors)
    without = explicitness(
        codes[:, varies], factors, test_codes[:, varies], test_factors
    )
    assert score.score == without.score
    assert score.score > 0.9


def test_a_code_that_varies_in_the_test_rows_alone_is_dropped():
    codes, factors, test_codes, test_factors = small_arrays()
    constant = np.full((len(codes), 1), 0.1)
    noise = np.random.default_rng(1).normal(size=(len(test_codes), 1))
    with_it = explicitness(
        np.hstack([codes, constant]),
        factors,
        np.hstack([test_codes, noise]),
        test_factors,
    )
    assert with_it.score == explicitness(codes, factors, test_codes, test_factors).score


def test_nothing_but_constant_codes_are_chance():
    _, factors, _, test_factors = small_arrays()
    score = explicitness(
        np.full((120, 3), 0.1), factors, np.zeros((60, 3)), test_factors
    )
    assert (score.score, score.parts["train"]) == (0.5, 0.5)
    assert score.parts["test_rescaled"] == 0.0
    for part in ("per_factor_train", "per_factor_test"):
        np.testing.assert_array_equal(score.parts[part], [0.5, 0.5])


# ---- the area under the curve ----------------------------------------------------


def test_a_tie_counts_half():
    # By hand: of four pairs three are in order and one is a tie.
    areas = areas_under_curves([[1.0], [2.0], [2.0], [3.0]], [0, 0, 1, 1], [1])
    np.testing.assert_allclose(areas, [3.5 / 4])


def test_areas_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    labels = rng.integers(5, size=400)
    scores = rng.integers(30, size=(400, 5)) + 4.0 * (labels[:, np.newaxis] == range(5))
    reference = [roc_auc_score(labels == k, scores[:, k]) for k in range(5)]
    np.testing.assert_allclose(
        areas_under_curves(scores, labels, np.arange(5)), reference, rtol=1e-12
    )


def test_a_value_without_rows_or_without_others_has_no_area():
    scores = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 2.0]])
    np.testing.assert_array_equal(areas_under_curves(scores, [1, 7], [1, 5, 9]), [0.0])
    assert areas_under_curves(scores, [5, 5], [1, 5, 9]).size == 0


# ---- values that only some rows have ---------------------------------------------


def test_a_value_missing_in_the_test_rows_is_left_out():
    codes, factors, test_codes, test_factors = small_arrays(values=(4,))
    has_it = test_factors[:, 0] == 2
    score = explicitness(codes, factors, test_codes[~has_it], test_factors[~has_it])
    # The mean over the three others, computed by scikit-learn.
    from sklearn.linear_model import LogisticRegression

    mean, spread = codes.mean(axis=0), codes.std(axis=0)
    classifier = LogisticRegression().fit((codes - mean) / spread, factors[:, 0])
    shares = classifier.predict_proba((test_codes[~has_it] - mean) / spread)
    labels = test_factors[~has_it, 0]
    areas = [roc_auc_score(labels == k, shares[:, k]) for k in (0, 1, 3)]
    assert score.score == pytest.approx(np.mean(areas), abs=1e-9)


def test_a_new_value_in_the_test_rows_is_one_of_the_others():
    codes, factors, test_codes, test_factors = small_arrays(values=(4,))
    known = factors[:, 0] != 2
    score = explicitness(codes[known], factors[known], test_codes, test_factors)
    assert 0.5 < score.score < 1


def test_test_values_that_are_all_new_are_refused():
    codes, factors, test_codes, test_factors = small_arrays()
    with pytest.raises(ValueError, match="received none in column 1"):
        explicitness(codes, factors, test_codes, test_factors + np.array([0, 10]))


# ---- what changes nothing, the record, bad input --------------------------------


def test_shift_scale_and_order_of_codes_change_nothing():
    codes, factors, test_codes, test_factors = small_arrays()
    score = explicitness(codes, factors, test_codes, test_factors).score
    order, scale = [2, 0, 1], [-3.0, 1e6, 1e-6]
    changed = explicitness(
        codes[:, order] * scale + 5.0,
        factors,
        test_codes[:, order] * scale + 5.0,
        test_factors,
    )
    # The classifier stops at a gradient of 1e-4.
    assert changed.score == pytest.approx(score, abs=1e-3)


def test_rescaling_puts_chance_at_zero():
    score = explicitness(*small_arrays())
    assert score.parts["test_rescaled"] == pytest.approx(2 * score.score - 1)


def test_the_record_of_explicitness_says_all_that_made_it():
    score = explicitness(*small_arrays())
    published = ARRAYS["locatello2019"]["explicitness"]
    assert score.settings == {**published, "train_points": 120, "test_points": 60}
    assert (score.name, score.protocol, score.seed) == ("explicitness", "custom", None)


@pytest.mark.parametrize(
    ("changes", "received"),
    [
        ({"factors": lambda f: f[:-1]}, "received 120 rows of codes and 119 of"),
        ({"test_factors": lambda f: f * [0, 1]}, "`test_factors` with only one in"),
        ({"factors": lambda f: f * [1, 0]}, "`factors` with only one in column 1"),
        ({"test_codes": lambda c: c * np.nan}, "`test_codes` must be finite"),
        ({"codes": lambda c: c * np.inf}, "`codes` must be finite"),
        ({"factors": lambda f: f + 0.5}, "received 0.5 in factor"),
        ({"test_codes": lambda c: c[:, :2]}, "same columns; received 3 and 2"),
    ],
)
def test_bad_input_of_explicitness_is_named(changes, received):
    names = ("codes", "factors", "test_codes", "test_factors")
    arrays = dict(zip(names, small_arrays(), strict=True))
    arrays |= {name: change(arrays[name]) for name, change in changes.items()}
    with pytest.raises(ValueError, match=re.escape(received)):
        explicitness(**arrays)
