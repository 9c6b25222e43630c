import re

import numpy as np
import pytest
from reference_fixtures import CASES, arrays_of, expected, stored_arrays

from keras_bvae.metrics.protocols import ARRAYS
from keras_bvae.metrics.scores.modularity import modularity, modularity_of_each_code

pytestmark = pytest.mark.filterwarnings("error")
MATRICES = ("mi_random_5x5", "mi_two_zero_rows_8x5", "mi_diag_5x5")


@pytest.mark.parametrize("name", MATRICES)
def test_the_formula_of_the_reference(name):
    per_code = modularity_of_each_code(stored_arrays("matrices")[name])
    reference = expected()["matrices"][name]["modularity"]
    assert per_code.mean() == pytest.approx(reference, abs=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_the_score_of_the_reference(case):
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


def test_the_record_says_all_that_made_it():
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
def test_bad_input_is_named(codes, factors, bins, received):
    with pytest.raises(ValueError, match=re.escape(received)):
        modularity(codes, factors, bins)
