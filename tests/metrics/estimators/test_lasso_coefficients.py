import numpy as np
import pytest

from keras_bvae.metrics.estimators.lasso_coefficients import lasso_coefficients

pytestmark = pytest.mark.filterwarnings("error")


def standardised(values):
    values = values - values.mean(0)
    return values / values.std(0)


def correlated(rows=300, columns=6, seed=0):
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(columns, columns))
    return standardised(rng.normal(size=(rows, columns)) @ mixing)


@pytest.mark.parametrize("alpha", [0.01, 0.1, 0.5])
def test_all_targets_at_once_as_scikit_learn_one_by_one(alpha):
    from sklearn.linear_model import Lasso

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
