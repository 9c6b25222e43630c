import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from keras_bvae.metrics.estimators.linear_models import (
    CONVERGENCE_WINDOW,
    fit_adagrad_softmax,
    fit_logistic_regression,
    softmax_predictions,
)

FIXTURES = Path(__file__).parents[2].parent / "shared" / "fixtures"


def test_the_classifier_of_the_reference():
    if not FIXTURES.is_dir():
        pytest.skip(
            "needs ../shared/fixtures, which lies beside a developer's checkout"
        )
    steps = np.load(FIXTURES / "sampling_steps.npz")
    expected = json.loads((FIXTURES / "expected.json").read_text())["sampling_steps"]
    train = steps["bv_points_train"], steps["bv_labels_train"]
    test = steps["bv_points_eval"], steps["bv_labels_eval"]
    classifier, _ = fit_logistic_regression(*train, 1.0, 100)
    # One training point in 1,000: the same scikit-learn gives the same to the digit,
    # others may stop elsewhere.
    assert classifier.score(*train) == pytest.approx(
        expected["beta_vae"]["classifier_train_accuracy"], abs=2e-3
    )
    assert classifier.score(*test) == pytest.approx(
        expected["beta_vae"]["classifier_eval_accuracy"], abs=4e-3
    )


def test_running_out_of_iterations_is_reported_without_a_warning():
    rng = np.random.default_rng(0)
    features, labels = rng.normal(size=(50, 3)), rng.integers(3, size=50)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, iterations = fit_logistic_regression(features, labels, 1.0, 2)
    assert iterations == 2


def rngs(count=1):
    return [np.random.default_rng(seed) for seed in range(count)]


def blobs(spread, points=600, seed=0):
    """Three classes round the corners of a triangle."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=points)
    corners = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 3.0]])
    return corners[labels] + spread * rng.normal(size=(points, 2)), labels


def fit(features, labels, count=1, **changes):
    settings = {"learning_rate": 0.01, "iterations": 5000, "tolerance": 1e-4}
    return fit_adagrad_softmax(
        features, labels, 3, rngs(count), **{**settings, **changes}
    )


def accuracy(weights, features, labels):
    return (softmax_predictions(weights, features) == labels).mean(1)


def test_separable_points_are_all_named_and_training_ends():
    features, labels = blobs(spread=0.2)
    weights, iterations = fit(features, labels, count=3)
    assert iterations == CONVERGENCE_WINDOW
    np.testing.assert_array_equal(accuracy(weights, features, labels), 1.0)
    assert LogisticRegression().fit(features, labels).score(features, labels) == 1.0


def test_converged_training_agrees_with_scikit_learn():
    features, labels = blobs(spread=1.2)
    weights, iterations = fit(features, labels, count=2, learning_rate=0.3)
    assert iterations < 5000
    oracle = LogisticRegression(C=1e6).fit(features, labels)
    # Converged to 1e-4 nats, not further: points on a border may still change sides.
    agreement = softmax_predictions(weights, features) == oracle.predict(features)
    assert agreement.mean() > 0.99


def test_one_step_by_hand():
    features, labels = np.array([[2.0], [1.0]]), np.array([0, 1])
    first, _ = fit_adagrad_softmax(features, labels, 2, rngs(), 0.5, 1, 0.0)
    start = np.random.default_rng(0).normal(0.0, 0.01, (2, 2))
    # Whatever the size of a gradient, Adagrad's first step is the learning rate long.
    np.testing.assert_allclose(np.abs(first[0] - start), 0.5, rtol=1e-4)
    # Class 0 has the larger input: its weight goes up, class 1's down.
    assert np.sign(first[0] - start)[:, 0].tolist() == [1, -1]


def test_seven_steps_follow_adagrad_in_float64():
    features, labels = blobs(spread=1.0, points=40)
    weights, _ = fit(features, labels, iterations=7, tolerance=0.0)
    inputs = np.concatenate([features, np.ones((40, 1))], axis=1)
    expected = np.random.default_rng(0).normal(0.0, 0.01, (3, 3))
    squares = np.zeros((3, 3))
    for _ in range(7):
        odds = np.exp(inputs @ expected.T)
        error = odds / odds.sum(1, keepdims=True) - np.eye(3)[labels]
        gradient = error.T @ inputs / 40
        squares += gradient**2
        expected -= 0.01 * gradient / np.sqrt(squares)
    # float32 sums of 40 terms; gradients near 0 lose digits.
    np.testing.assert_allclose(weights[0], expected, rtol=1e-3, atol=1e-5)


def test_each_generator_starts_a_classifier_of_its_own():
    features, labels = blobs(spread=1.2)
    together, _ = fit(features, labels, count=2, iterations=50)
    alone, _ = fit(features, labels, count=1, iterations=50)
    np.testing.assert_allclose(together[0], alone[0], rtol=1e-4, atol=1e-6)
    assert np.abs(together[0] - together[1]).max() > 1e-3


def test_iterations_are_a_limit():
    features, labels = blobs(spread=1.2)
    assert fit(features, labels, iterations=30)[1] == 30
    assert fit(features, labels, tolerance=10.0)[1] == 2 * CONVERGENCE_WINDOW


def test_huge_features_stay_finite():
    features, labels = blobs(spread=0.2)
    weights, _ = fit(1e6 * features, labels, iterations=100)
    assert np.isfinite(weights).all()
