import numpy as np
import pytest
from factor_pixels import FactorPixels

from keras_bvae.metrics.scores.score_by_votes import score_by_votes

pytestmark = pytest.mark.filterwarnings("error")

SETTINGS = {
    "factor_names": ("a", "c"),
    "images_per_vote": 8,
    "variance_points": 100,
    "train_points": 60,
    "test_points": 40,
    "image_pool": None,
    "whatever": 3,
}


def pixels(images):
    return images[:, 0, :, 0]


def scored(is_active, **changes):
    dataset = FactorPixels(("a", "b", "c"), (5, 6, 7))
    arguments = (pixels, dataset, 0, None, 64)
    return score_by_votes("votes", "mine", SETTINGS | changes, is_active, arguments)


def test_only_the_factors_named_are_fixed_and_each_code_finds_its_own():
    score = scored(lambda deviations: np.ones(3, bool))
    assert (score.name, score.protocol, score.score) == ("votes", "mine", 1.0)
    assert score.settings.items() >= SETTINGS.items()
    assert score.parts["votes_train"].sum() == 60
    np.testing.assert_array_equal(
        score.parts["votes_train"] > 0, [[True, False, False], [False, False, True]]
    )


def test_codes_are_kept_by_their_standard_deviation():
    # Of 0 … n-1: sqrt((n² - 1) / 12), so 1.4, 1.7 and 2.
    score = scored(lambda deviations: deviations > 1.85)
    assert score.parts["active_codes"].tolist() == [2]
    np.testing.assert_allclose(
        np.sqrt(score.parts["global_variances"]), [2**0.5, 1.708, 2], rtol=0.15
    )


def test_training_votes_must_fix_two_factors():
    with pytest.raises(ValueError, match="received 1 that all fixed the same one"):
        scored(lambda deviations: deviations > 0, train_points=1)
