import numpy as np
import pytest
from reference_fixtures import arrays_of
from sklearn.ensemble import GradientBoostingClassifier

from keras_bvae.metrics.estimators.gradient_boosting import growing_trees
from keras_bvae.metrics.side_by_side import take_turns


def problem(classes, seed=0, rows=400, columns=4):
    """Codes of which the first and the third tell the class, one of them in steps."""
    rng = np.random.default_rng(seed)
    codes = rng.normal(size=(rows, columns)).astype("float32")
    codes[:, 2] = np.round(codes[:, 2], 1)
    cause = codes[:, 0] + 0.7 * codes[:, 2] ** 2 + 0.2 * rng.normal(size=rows)
    ranks = np.argsort(np.argsort(cause))
    return codes, 3 + 2 * (ranks * classes // rows)


def boosted_trees(*arguments, **settings):
    """All stages, one after the other."""
    (trees,) = take_turns([(growing_trees(*arguments, **settings), (1, 1))], None)
    return trees


def scikit_learn(codes, classes, seed=0, **settings):
    return GradientBoostingClassifier(random_state=seed, **settings).fit(codes, classes)


@pytest.mark.parametrize("classes", [2, 3, 7])
@pytest.mark.parametrize(("depth", "stages"), [(1, 9), (2, 2), (3, 1)])
def test_a_few_stages_are_those_of_scikit_learn(classes, depth, stages):
    codes, labels = problem(classes)
    train, test = slice(0, 300), slice(300, None)
    settings = {"learning_rate": 0.3, "max_depth": depth, "n_estimators": stages}
    ours = boosted_trees(
        codes[train], labels[train], codes[test], stages, depth, learning_rate=0.3
    )
    # Where two codes split a node alike, scikit-learn's seed decides: one of them
    # decides as ours does.
    for seed in range(40):
        theirs = scikit_learn(codes[train], labels[train], seed, **settings)
        if np.allclose(ours.importances, theirs.feature_importances_, atol=1e-12):
            break
    np.testing.assert_allclose(
        ours.importances, theirs.feature_importances_, atol=1e-12
    )
    assert (ours.predictions == theirs.predict(codes[train])).all()
    # Equal importances do not make equal thresholds: a tie may remain.
    assert (ours.test_predictions == theirs.predict(codes[test])).mean() >= 0.99


@pytest.mark.parametrize(("case", "factor"), [("nonlinear_noisy", 0), ("dead_dims", 0)])
def test_a_hundred_stages_within_the_draw_of_ties(case, factor):
    codes, factors, test_codes, _ = arrays_of(case)
    codes, labels = codes[:600], factors[:600, factor]
    ours = boosted_trees(codes, labels, test_codes)
    theirs = scikit_learn(codes, labels)
    # Two seeds of scikit-learn differ by 0.01 here.
    np.testing.assert_allclose(ours.importances, theirs.feature_importances_, atol=0.02)
    agree = ours.test_predictions == theirs.predict(test_codes)
    assert agree.mean() > 0.985
    assert (ours.predictions == theirs.predict(codes)).mean() > 0.995


def test_importances_sum_to_1_and_name_the_codes_that_tell():
    codes, labels = problem(3)
    importances = boosted_trees(codes, labels, codes, stages=5).importances
    assert importances.sum() == pytest.approx(1.0)
    assert set(np.argsort(importances)[-2:]) == {0, 2}


def test_equal_values_are_never_split():
    codes = np.repeat([[0.0], [1.0]], 50, axis=0)
    labels = np.arange(100) % 3
    theirs = scikit_learn(codes, labels, n_estimators=3)
    ours = boosted_trees(codes, labels, codes[::50], stages=3)
    assert (ours.test_predictions == theirs.predict(codes[::50])).all()
    assert ours.importances.tolist() == [1.0]


def test_constant_codes_predict_the_most_frequent_class():
    codes = np.ones((20, 2))
    labels = np.array([4] * 12 + [9] * 5 + [1] * 3)
    trees = boosted_trees(codes, labels, codes[:2], stages=3)
    assert trees.importances.tolist() == [0.0, 0.0]
    assert trees.test_predictions.tolist() == [4, 4]


def test_the_seed_decides_between_two_equal_codes():
    codes, labels = problem(3)
    twins = np.repeat(codes[:, :1], 2, axis=1)
    shares = [
        boosted_trees(twins, labels, twins[:1], stages=10, seed=seed).importances[0]
        for seed in range(3)
    ]
    # scikit-learn, which draws the order of the codes in each node, gives both half.
    assert 0.2 < min(shares) < max(shares) < 0.8
    again = boosted_trees(twins, labels, twins[:1], stages=10, seed=0)
    assert again.importances[0] == shares[0]


def test_progress_counts_trees():
    codes, labels = problem(3, rows=60)
    seen = []
    boosted_trees(
        codes, labels, codes, stages=4, progress=lambda *counts: seen.append(counts)
    )
    assert seen == [(number, 12) for number in range(1, 13)]
