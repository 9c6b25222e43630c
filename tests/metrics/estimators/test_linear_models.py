import warnings

import numpy as np
import pytest
from reference_fixtures import expected, stored_arrays
from sklearn.linear_model import Lasso, LogisticRegression

from keras_bvae.metrics.estimators.linear_models import (
    CONVERGENCE_WINDOW,
    fit_adagrad_softmax,
    fit_logistic_regression,
    lasso_coefficients,
    softmax_predictions,
)

pytestmark = pytest.mark.filterwarnings("error")

# ---- logistic regression ---------------------------------------------------------


def test_the_classifier_of_the_reference():
    steps = stored_arrays("sampling_steps")
    reference = expected()["sampling_steps"]["beta_vae"]
    train = steps["bv_points_train"], steps["bv_labels_train"]
    test = steps["bv_points_eval"], steps["bv_labels_eval"]
    classifier, _ = fit_logistic_regression(*train, 1.0, 100)
    # One training point in 1,000: the same scikit-learn gives the same to the digit,
    # others may stop elsewhere.
    assert classifier.score(*train) == pytest.approx(
        reference["classifier_train_accuracy"], abs=2e-3
    )
    assert classifier.score(*test) == pytest.approx(
        reference["classifier_eval_accuracy"], abs=4e-3
    )


def test_running_out_of_iterations_is_reported_without_a_warning():
    rng = np.random.default_rng(0)
    features, labels = rng.normal(size=(50, 3)), rng.integers(3, size=50)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, iterations = fit_logistic_regression(features, labels, 1.0, 2)
    assert iterations == 2


# ---- Lasso -----------------------------------------------------------------------


def standardised(values):
    values = values - values.mean(0)
    return values / values.std(0)


def correlated(rows=300, columns=6, seed=0):
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(columns, columns))
    return standardised(rng.normal(size=(rows, columns)) @ mixing)


@pytest.mark.parametrize("alpha", [0.01, 0.1, 0.5])
def test_all_targets_at_once_as_scikit_learn_one_by_one(alpha):
    codes = correlated(columns=9)
    inputs, targets = codes[:, :6], codes[:, 4:]
    lasso = Lasso(alpha=alpha, tol=1e-12, max_iter=100_000)
    expected = [lasso.fit(inputs, target).coef_ for target in targets.T]
    coefficients = lasso_coefficients(inputs, targets, alpha)
    np.testing.assert_allclose(coefficients, np.transpose(expected), atol=1e-6)


def test_uncorrelated_inputs_are_shrunk_by_alpha():
    inputs = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]], float)
    targets = inputs @ np.array([[0.7, -0.05], [-0.5, 0.3]])
    # By hand: orthogonal inputs are soft-thresholded one by one.
    np.testing.assert_allclose(
        lasso_coefficients(inputs, targets, 0.1), [[0.6, 0], [-0.4, 0.2]], atol=1e-12
    )


def test_no_penalty_is_least_squares():
    inputs, targets = correlated(), correlated(seed=1)
    expected = np.linalg.lstsq(inputs, targets, rcond=None)[0]
    np.testing.assert_allclose(
        lasso_coefficients(inputs, targets, 0), expected, atol=1e-7
    )


def test_columns_of_zeros_get_no_weight():
    inputs, targets = correlated(), correlated(seed=1)
    inputs[:, 2] = targets[:, 0] = 0
    coefficients = lasso_coefficients(inputs, targets, 0.1)
    assert not coefficients[2].any()
    assert not coefficients[:, 0].any()
    others = [0, 1, 3, 4, 5]
    np.testing.assert_allclose(
        coefficients[others], lasso_coefficients(inputs[:, others], targets, 0.1)
    )


def test_equal_inputs_share_one_weight():
    inputs = correlated(columns=1)
    weights = lasso_coefficients(np.hstack([inputs, inputs]), inputs, 0.1)
    assert weights.sum() == pytest.approx(0.9)


def test_no_input_or_no_target_is_an_empty_matrix():
    codes = correlated()
    assert lasso_coefficients(codes[:, :0], codes, 0.1).shape == (0, 6)
    assert lasso_coefficients(codes, codes[:, :0], 0.1).shape == (6, 0)


# ---- softmax by Adagrad ----------------------------------------------------------


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
