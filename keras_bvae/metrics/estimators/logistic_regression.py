"""The classifier of `locatello2019`: scikit-learn's logistic regression."""

import warnings


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
    # Imported here: scikit-learn takes 0.8 s, and only metrics need it.
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    classifier = LogisticRegression(C=inverse_regularisation, max_iter=iterations)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        # The penalty makes the result depend on precision: the reference's is float64.
        classifier.fit(features.astype("float64"), labels)
    return classifier, int(classifier.n_iter_.max())
