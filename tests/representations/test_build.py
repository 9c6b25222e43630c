import numpy as np
import pytest
from factor_pixels import FactorPixels, NoFactors

from keras_bvae.datasets.digits import Digits
from keras_bvae.metrics.scores import beta_vae_score
from keras_bvae.representations import NAMES, build
from keras_bvae.representations.ground_truth import GroundTruth
from keras_bvae.representations.principal_components import fit_principal_components


class BrightFactors(FactorPixels):
    """The pixels run to 250: of darker ones the classifier's penalty sees nothing."""

    def __init__(self):
        super().__init__(sizes=(2, 3, 4, 5, 6))

    def _images_at(self, indices):
        return 50 * super()._images_at(indices)


@pytest.mark.parametrize("name", ["pixels", "pca", "ica", "truth"])
def test_a_metric_takes_it_as_encode(name):
    dataset = BrightFactors()
    small = {"train_points": 300, "test_points": 100, "pairs": 8}
    score = beta_vae_score(build(name, dataset, 4), dataset, **small)
    assert score.settings["latent_dim"] == {"pixels": 5, "truth": 5}.get(name, 4)
    # Three of five factors alone would beat chance, which is 0.2.
    assert score.score > 0.5


@pytest.mark.parametrize("name", ["pixels", "pca", "ica", "untrained"])
def test_images_become_one_row_of_codes_each(name):
    dataset = Digits(16)
    codes = build(name, dataset)(dataset.images_at(np.arange(5)))
    assert codes.shape == (5, 256 if name == "pixels" else 10)
    assert codes.dtype == np.float32


def test_every_name_is_known_here():
    assert NAMES == ("pixels", "pca", "ica", "truth", "untrained")
    assert isinstance(build("truth", FactorPixels()), GroundTruth)


def test_arguments_reach_the_fit():
    dataset = Digits(8)
    seen = []
    built = build("pca", dataset, 3, 7, lambda *pair: seen.append(pair))
    expected = fit_principal_components(dataset, 3, 7).weights
    np.testing.assert_array_equal(built.weights, expected)
    assert seen[-1] == (1797, 1797)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"one of pixels.*Did you mean 'untrained'"):
        build("untraind", FactorPixels())


def test_truth_needs_factors():
    with pytest.raises(ValueError, match="which has no factors"):
        build("truth", NoFactors())


@pytest.mark.parametrize("seed", [-1, 1.5, True, None])
def test_seed_must_be_a_whole_number(seed):
    with pytest.raises(ValueError, match=f"received seed={seed}"):
        build("pca", Digits(8), seed=seed)
