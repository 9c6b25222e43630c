import numpy as np
import pytest
from factor_pixels import FactorPixels
from reference_fixtures import expected, stored_arrays

from keras_bvae.metrics.representation_arrays import variance_of_codes
from keras_bvae.metrics.scores.score_by_votes import (
    least_varying_codes,
    majority_accuracies,
    score_by_votes,
    vote_table,
)

pytestmark = pytest.mark.filterwarnings("error")
CASES = ("rotation", "dead_dims", "nonlinear_noisy")
SETTINGS = {
    "factor_names": ("a", "c"),
    "images_per_vote": 8,
    "variance_points": 100,
    "train_points": 60,
    "test_points": 40,
    "image_pool": None,
    "whatever": 3,
}


def steps(case):
    return expected()["sampling_steps"]["factor_vae"][case]


def pixels(images):
    return images[:, 0, :, 0]


def scored(is_active, **changes):
    dataset = FactorPixels(("a", "b", "c"), (5, 6, 7))
    arguments = (pixels, dataset, 0, None, 64)
    return score_by_votes("votes", "mine", SETTINGS | changes, is_active, arguments)


@pytest.mark.parametrize("case", CASES)
def test_global_variances_of_the_reference(case):
    codes = stored_arrays(f"case_{case}")["mus_train"]
    np.testing.assert_allclose(
        variance_of_codes(codes, ddof=1), steps(case)["global_variances"], rtol=1e-5
    )


@pytest.mark.parametrize("case", ["rotation", "dead_dims"])
def test_votes_of_the_reference(case):
    variances = np.array(steps(case)["global_variances"])
    active = np.sqrt(variances) >= 0.05
    np.testing.assert_array_equal(active, steps(case)["active_threshold_0.05"])
    in_batches = variance_of_codes(
        stored_arrays("sampling_steps")[f"fv_{case}_codes"], ddof=1
    )
    votes = least_varying_codes(in_batches[:, active], variances[active])
    np.testing.assert_array_equal(votes, steps(case)["argmin_among_active"])
    numbers = np.flatnonzero(active)[votes]
    np.testing.assert_array_equal(numbers, steps(case)["argmin_original_dim"])


@pytest.mark.parametrize("case", CASES)
def test_accuracies_of_the_reference(case):
    tables = (np.array(steps(case)[f"votes_{part}"]) for part in ("train", "eval"))
    wanted = [steps(case)["train_accuracy"], steps(case)["eval_accuracy"]]
    np.testing.assert_allclose(majority_accuracies(*tables), wanted, atol=1e-9)


def test_a_vote_goes_to_the_lowest_share():
    # 0.5 / 1 against 0.9 / 3 against 4 / 10.
    assert least_varying_codes(np.array([[0.5, 0.9, 4]]), np.array([1, 3, 10])) == [1]


def test_the_known_fault_a_constant_code_draws_every_vote():
    votes = least_varying_codes(np.array([[0.1, 0.0], [0.0, 0.0]]), np.array([1, 0]))
    assert votes.tolist() == [1, 1]


def test_votes_are_counted_by_factor_and_code():
    table = vote_table(np.array([0, 0, 2, 0]), np.array([1, 1, 0, 3]), 3, 4)
    np.testing.assert_array_equal(table, [[0, 2, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]])


def test_each_code_predicts_its_majority():
    train = np.array([[5, 1, 0], [2, 4, 0]])
    test = np.array([[1, 2, 3], [1, 1, 0]])
    # Factors 0, 1 and, of a code without votes, 0: 9 of 12; 1 + 1 + 3 of 8.
    assert majority_accuracies(train, test) == (9 / 12, 5 / 8)


def test_no_votes_are_never_right():
    none = np.zeros((3, 0), int)
    assert majority_accuracies(none, none) == (0.0, 0.0)


def test_only_the_factors_named_are_fixed_and_each_code_finds_its_own():
    score = scored(lambda deviations: np.ones(3, bool))
    assert (score.name, score.protocol, score.score) == ("votes", "mine", 1.0)
    assert score.settings.items() >= SETTINGS.items()
    assert score.parts["votes_train"].sum() == 60
    np.testing.assert_array_equal(
        score.parts["votes_train"] > 0, [[True, False, False], [False, False, True]]
    )


def test_codes_are_kept_by_their_standard_deviation():
    # Of 0 … n-1: sqrt((n² - 1) / 12), so 1.4, 1.7 and 2.
    score = scored(lambda deviations: deviations > 1.85)
    assert score.parts["active_codes"].tolist() == [2]
    np.testing.assert_allclose(
        np.sqrt(score.parts["global_variances"]), [2**0.5, 1.708, 2], rtol=0.15
    )


def test_training_votes_must_fix_two_factors():
    with pytest.raises(ValueError, match="received 1 that all fixed the same one"):
        scored(lambda deviations: deviations > 0, train_points=1)
