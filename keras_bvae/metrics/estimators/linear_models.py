"""The linear models of the published protocols: logistic, softmax by Adagrad, Lasso."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Lasso, LogisticRegression

# How often Adagrad's training asks whether it has converged.
CONVERGENCE_WINDOW = 1000
_INITIAL_SPREAD = 0.01
# Keeps 0/0 away in coordinates whose gradient is 0.
_EPSILON = 1e-10
# A share of the targets' squares: at such a duality gap coefficients have ten digits.
_LASSO_GAP = 1e-13
# A few dozen usually do. Only inputs that are almost equal need more, and how a weight
# is shared among equals is arbitrary.
_LASSO_SWEEPS = 10_000


def fit_logistic_regression(features, labels, inverse_regularisation, iterations):
    """Multinomial logistic regression as the reference code has it.

    L2 penalty, lbfgs, features as they are (not standardised).

    Args:
        features: NumPy array, shape `(points, latent_dim)`.
        labels: int array, shape `(points,)`, at least two different ones.
        inverse_regularisation: float > 0, scikit-learn's C: weight of the *summed*
            log loss against half the squared weights.
        iterations: int, at most so many. Running into it is no error and no warning:
            the reference stops at 100 too. Compare the number returned.

    Returns:
        `(classifier, iterations)`: the fitted scikit-learn classifier and how many
        iterations it took.
    """
    classifier = LogisticRegression(C=inverse_regularisation, max_iter=iterations)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        # The penalty makes the result depend on precision: the reference's is float64.
        classifier.fit(features.astype("float64"), labels)
    return classifier, int(classifier.n_iter_.max())


def lasso_coefficients(inputs, targets, alpha):
    """Minimises `sum (y - X w)² / 2n + alpha sum |w|` for each target, by coordinates.

    Args:
        inputs: float array X, shape `(n, inputs)`, each column with mean 0; a column
            of zeros gets the coefficient 0.
        targets: float array, shape `(n, targets)`, each column with mean 0.
        alpha: float >= 0.

    Returns:
        float64 array, shape `(inputs, targets)`.

    Source: Friedman et al. 2010 (Journal of Statistical Software 33), section 2;
    computed by scikit-learn.
    """
    shape = inputs.shape[1], targets.shape[1]
    if not all(shape):
        return np.zeros(shape)
    lasso = Lasso(
        alpha,
        fit_intercept=False,
        precompute=True,
        max_iter=_LASSO_SWEEPS,
        tol=_LASSO_GAP,
    )
    with warnings.catch_warnings():
        # Of a gap that equal inputs or a target of zeros leave open, and of alpha=0.
        warnings.simplefilter("ignore", UserWarning)
        lasso.fit(inputs, targets)
    return lasso.coef_.reshape(shape[::-1]).T


def fit_adagrad_softmax(
    features, labels, classes, rngs, learning_rate, iterations, tolerance
):
    """Linear softmax classifiers trained by full-batch Adagrad, one per generator.

    Training ends when, over the last 1,000 iterations, the log loss of every
    classifier fell by less than `tolerance` nats, or when every classifier names all
    training points correctly: on separable points the loss has no minimum to reach.

    Args:
        features: NumPy array, shape `(points, latent_dim)`.
        labels: int array, shape `(points,)`, in `0 … classes - 1`.
        classes: int.
        rngs: list of `numpy.random.Generator`, each for one classifier's first weights.
        learning_rate: float > 0.
        iterations: int, at most so many.
        tolerance: float >= 0, in nats.

    Returns:
        `(weights, iterations)`: float32, shape `(classifiers, classes, latent_dim + 1)`
        with the bias last, and the number of iterations done.

    Source: Duchi et al. 2011; as classifier: Higgins et al. 2017, appendix.
    """
    inputs = _with_bias(features)
    targets = np.eye(classes, dtype=np.float32)[:, labels]
    shape = (classes, len(inputs))
    weights = np.stack([rng.normal(0.0, _INITIAL_SPREAD, shape) for rng in rngs])
    weights = weights.astype(np.float32)
    squares = np.zeros_like(weights)
    before = np.full(len(rngs), np.inf)
    columns = np.ascontiguousarray(inputs.T) / np.float32(len(labels))
    # One buffer for all iterations: fresh memory would cost more than the arithmetic.
    errors = np.empty((len(rngs), classes, len(labels)), dtype=np.float32)
    for iteration in range(1, iterations + 1):
        _fill_probabilities(errors, weights, inputs)
        if iteration % CONVERGENCE_WINDOW == 0:
            loss, all_right = _loss_and_success(errors, labels)
            if all_right or (before - loss < tolerance).all():
                return weights, iteration
            before = loss
        errors -= targets
        gradients = _product(errors, columns)
        squares += gradients * gradients
        weights -= learning_rate * gradients / (np.sqrt(squares) + _EPSILON)
    return weights, iterations


def softmax_predictions(weights, features):
    """The class that each classifier names for each point.

    Args:
        weights: as `fit_adagrad_softmax` returns them.
        features: NumPy array, shape `(points, latent_dim)`.

    Returns:
        Int array, shape `(classifiers, points)`.
    """
    return (weights @ _with_bias(features)).argmax(1)


def _with_bias(features):
    """Transposed, `(latent_dim + 1, points)`: reductions over classes then run along
    long rows, ten times as fast as over the few classes of each point."""
    ones = np.ones((1, len(features)), dtype=np.float32)
    return np.concatenate([features.T.astype(np.float32), ones])


def _fill_probabilities(logits, weights, inputs):
    _product(weights, inputs, out=logits)
    logits -= logits.max(1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(1, keepdims=True)


def _product(stacked, matrix, out=None):
    """`stacked @ matrix` for a contiguous stack, as one product instead of one each:
    of long codes the matrix is so large that reading it is all the work."""
    shape = (*stacked.shape[:-1], matrix.shape[1])
    out = np.empty(shape, np.float32) if out is None else out
    rows = stacked.reshape(-1, stacked.shape[-1])
    np.matmul(rows, matrix, out=out.reshape(-1, shape[-1]))
    return out


def _loss_and_success(probabilities, labels):
    right = probabilities[:, labels, np.arange(len(labels))]
    loss = -np.log(np.maximum(right, np.finfo(np.float32).tiny)).mean(1)
    return loss, bool((probabilities.argmax(1) == labels).all())
