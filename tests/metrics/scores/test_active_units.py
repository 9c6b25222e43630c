import re

import numpy as np
import pytest

from keras_bvae.metrics.scores.active_units import active_units

pytestmark = pytest.mark.filterwarnings("error")


def test_latents_above_the_threshold_are_counted():
    # Variances by hand, of ± x: x² = 1, 0.0081, 0, 0.0144.
    mean = np.array([[1.0], [-1.0]]) * [1, 0.09, 0, 0.12] + 0.7
    score = active_units(mean)
    assert score.score == 2.0
    np.testing.assert_allclose(
        score.parts["variances"], [1, 0.0081, 0, 0.0144], atol=1e-12
    )
    assert score.parts["active"].tolist() == [True, False, False, True]
    assert score.protocol == "burda2016"
    assert score.settings == {"threshold": 0.01, "images": 2}
    assert score.name == "active_units"
    assert score.seed is None


def test_another_threshold_is_no_published_protocol():
    mean = np.array([[0.5], [-0.5]]) * [1, 0.2, 0]
    score = active_units(mean, threshold=0)
    assert (score.score, score.protocol) == (2.0, "custom")
    # A variance equal to the threshold is not above it.
    assert active_units(mean, threshold=0.25).score == 0


def test_a_constant_mean_is_inactive_at_any_threshold():
    assert active_units(np.full((63, 2), 0.1), threshold=0).score == 0


@pytest.mark.parametrize(
    ("mean", "message"),
    [
        (np.zeros((1, 3)), "received shape (1, 3)"),
        (np.zeros(3), "received shape (3,)"),
        (np.zeros((4, 0)), "received shape (4, 0)"),
        (np.array([[0.0], [np.nan]]), "received NaN or infinity in 1 of 2 rows"),
        ([["a"], ["b"]], "`mean` must be numbers"),
        (np.array([[1e200], [-1e200]]), "received 1e+200"),
    ],
)
def test_bad_means_are_refused(mean, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        active_units(mean)


@pytest.mark.parametrize("threshold", [-0.1, float("nan"), float("inf"), None, "0.01"])
def test_a_threshold_out_of_range_is_named(threshold):
    message = re.escape(f"received threshold={threshold!r}")
    with pytest.raises(ValueError, match=message):
        active_units(np.eye(3), threshold)
