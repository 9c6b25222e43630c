import numpy as np
import pytest
from factor_pixels import FactorPixels, NoFactors

from keras_bvae.metrics.scores import beta_vae_score
from keras_bvae.representations.ground_truth import GroundTruth


def test_codes_are_the_factors_from_0_to_1():
    truth = GroundTruth(FactorPixels(("one", "three", "five"), (1, 3, 5)))
    codes = truth.codes_at(np.arange(15))
    # The last factor runs fastest; a factor with one class is 0.
    expected = [[0, third / 2, fifth / 4] for third in range(3) for fifth in range(5)]
    np.testing.assert_allclose(codes, expected, rtol=1e-6)
    assert codes.dtype == np.float32


def test_indices_may_have_any_shape():
    truth = GroundTruth(FactorPixels(("three", "five"), (3, 5)))
    indices = np.array([[[0, 14]], [[3, 7]]])
    codes = truth.codes_at(indices)
    assert codes.shape == (2, 1, 2, 2)
    np.testing.assert_array_equal(codes[1, 0], truth.codes_at(np.array([3, 7])))


def test_progress_is_told_once():
    seen = []
    truth = GroundTruth(FactorPixels(("three", "five"), (3, 5)))
    truth.codes_at(np.zeros((2, 3), int), lambda *pair: seen.append(pair))
    assert seen == [(6, 6)]


@pytest.mark.parametrize("protocol", ["higgins2017", "locatello2019"])
def test_the_metric_gives_it_full_marks(protocol):
    dataset = FactorPixels()
    small = {"train_points": 400, "test_points": 200, "pairs": 16}
    score = beta_vae_score(GroundTruth(dataset), dataset, protocol, **small)
    assert score.score == 1.0
    assert score.settings["latent_dim"] == 5


def test_without_factors_there_is_no_truth():
    with pytest.raises(ValueError, match="the ground truth as a representation needs"):
        GroundTruth(NoFactors())
