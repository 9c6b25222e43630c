import importlib
import re
import threading

import numpy as np
import pytest
from reference_fixtures import arrays_of, expected, stored_arrays

from keras_bvae.metrics.scores.dci import (
    completeness_of_each_factor,
    dci,
    disentanglement_of_each_code,
    quick_dci,
    weighted_completeness,
    weighted_disentanglement,
)

# The package exports the function by the module's name.
module = importlib.import_module("keras_bvae.metrics.scores.dci")
pytestmark = pytest.mark.filterwarnings("error")


def small(rows=240, seed=0):
    """Four arrays: factors of 3 and 4 classes, two codes for them and one of noise."""
    rng = np.random.default_rng(seed)
    factors = rng.integers(0, (3, 4), size=(rows, 2))
    codes = np.c_[-factors[:, 1], factors[:, 0], rng.normal(size=rows)]
    half = rows // 2
    return codes[:half], factors[:half], codes[half:], factors[half:]


# ---- against the reference -------------------------------------------------------


# The seven others take some 20 s each, and were compared by hand; their trees are
# held to scikit-learn's in test_gradient_boosting.py.
@pytest.mark.parametrize("case", ["constant_dims"])
def test_scores_of_the_reference(case):
    block = expected()["cases"][case]["dci"]
    tolerances = expected()["tolerances"]["dci"]
    score = dci(*arrays_of(case))
    assert score.score == score.parts["disentanglement"]
    for name in (
        "disentanglement",
        "completeness",
        "informativeness_train",
        "informativeness_test",
        "importance_matrix",
    ):
        np.testing.assert_allclose(
            score.parts[name], block[name], atol=tolerances[name], err_msg=name
        )


@pytest.mark.parametrize(
    "name",
    [
        "diag",
        "diag_two_dead_rows",
        "all_zero",
        "random_6x5",
        "random_10x5_zero_row",
        "wide_3x5",
        "zero_column_6x4",
        "duplicated_10x5",
    ],
)
def test_scores_of_a_given_importance_matrix(name):
    block = expected()["matrices"][f"imp_{name}"]
    importance = stored_arrays("matrices")[f"imp_{name}"]
    ours = {
        "disentanglement": weighted_disentanglement(importance),
        "completeness": weighted_completeness(importance),
        "disentanglement_per_code": disentanglement_of_each_code(importance),
        "completeness_per_factor": completeness_of_each_factor(importance),
    }
    for part, value in ours.items():
        np.testing.assert_allclose(value, block[part], atol=1e-9, err_msg=part)


# ---- what it says ----------------------------------------------------------------


def test_one_code_a_factor_scores_1():
    score = dci(*small())
    assert score.score == pytest.approx(1.0, abs=1e-6)
    assert score.parts["completeness"] == pytest.approx(1.0, abs=1e-6)
    assert score.parts["informativeness_test"] == 1.0
    np.testing.assert_allclose(
        score.parts["importance_matrix"], [[0, 1], [1, 0], [0, 0]], atol=1e-6
    )


def test_the_record_tells_how_it_was_made():
    score = dci(*small())
    assert score.name == "dci"
    assert score.protocol == "custom"
    assert score.settings == {
        "classifier": "gradient_boosting",
        "stages": 100,
        "depth": 3,
        "learning_rate": 0.1,
        "train_points": 120,
        "test_points": 120,
    }


def test_the_protocols_sizes_bring_its_name(monkeypatch):
    monkeypatch.setattr(
        module,
        "growing_trees",
        lambda codes, classes, test_codes, *rest: module_trees(
            codes, classes, test_codes
        ),
    )
    arrays = [
        np.resize(array, (rows, array.shape[1]))
        for array, rows in zip(small(), (10_000, 10_000, 5_000, 5_000), strict=True)
    ]
    assert dci(*arrays).protocol == "locatello2019"
    assert quick_dci(*arrays).protocol == "custom"


def module_trees(codes, classes, test_codes):
    from keras_bvae.metrics.estimators.gradient_boosting import BoostedTrees

    share = np.full(codes.shape[1], 1 / codes.shape[1])
    yield
    return BoostedTrees(share, classes, np.zeros(len(test_codes)))


def test_the_quick_form_has_its_own_name_and_finds_the_same_codes():
    quick, full = quick_dci(*small()), dci(*small())
    assert quick.name == "quick_dci"
    assert quick.settings["stages"] == 10
    assert (
        quick.parts["importance_matrix"].argmax(0).tolist()
        == full.parts["importance_matrix"].argmax(0).tolist()
    )


def test_factors_side_by_side_give_the_same_numbers_each_time():
    first, second = quick_dci(*small()), quick_dci(*small())
    np.testing.assert_array_equal(
        first.parts["importance_matrix"], second.parts["importance_matrix"]
    )


def test_progress_ends_at_its_total():
    seen, threads = [], set()

    def progress(*counts):
        seen.append(counts)
        threads.add(threading.current_thread())

    quick_dci(*small(), progress=progress)
    assert seen == sorted(set(seen))
    assert seen[-1] == (70, 70)
    # The trees grow in others; a window's or a notebook's bar belongs to this one.
    assert threads == {threading.current_thread()}


def test_what_progress_raises_ends_it():
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        quick_dci(*small(), progress=stop)


def test_a_constant_code_has_no_importance():
    arrays = [np.array(array, float) for array in small()]
    for codes in (arrays[0], arrays[2]):
        codes[:, 2] = 5.0
    score = quick_dci(*arrays)
    assert score.parts["importance_matrix"][2].tolist() == [0.0, 0.0]
    assert score.parts["disentanglement_per_code"][2] == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda c, f, tc, tf: (c[:-1], f, tc, tf), "one row per image each; received"),
        (lambda c, f, tc, tf: (c, f[:, :1], tc, tf[:, :1]), "there must be 2 or more"),
        (lambda c, f, tc, tf: (c[:, :1], f, tc[:, :1], tf), "received 1 latent"),
        (lambda c, f, tc, tf: (c, f * [1, 0], tc, tf), "only one in column 1"),
        (lambda c, f, tc, tf: (c, f + 0.5, tc, tf), "whole numbers; received"),
        (lambda c, f, tc, tf: (c * np.nan, f, tc, tf), "must be finite"),
        (lambda c, f, tc, tf: (c, f, tc[:, :2], tf), "the same columns"),
    ],
)
def test_bad_arrays_are_named(change, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        dci(*change(*small()))


@pytest.mark.parametrize("seed", [-1, 0.5, None, True])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match=f"received seed={seed}"):
        quick_dci(*small(), seed=seed)
