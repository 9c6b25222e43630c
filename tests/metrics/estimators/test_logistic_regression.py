import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from keras_bvae.metrics.estimators.logistic_regression import fit_logistic_regression

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
