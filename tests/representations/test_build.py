import random
import re

import numpy as np
import pytest
from factor_pixels import FactorPixels, NoFactors

from keras_bvae.datasets.digits import Digits
from keras_bvae.metrics import beta_vae_score
from keras_bvae.representations import NAMES, OwnCodes, build
from keras_bvae.representations.build import GroundTruth, untrained_encoder
from keras_bvae.representations.linear_codes import fit_principal_components

DATASET = Digits(16)
CODES = np.arange(12.0).reshape(6, 2)
FACTORS = [[5, 0], [5, 2], [7, 0], [7, 2], [5, 0], [7, 2]]


class BrightFactors(FactorPixels):
    """The pixels run to 250: of darker ones the classifier's penalty sees nothing."""

    def __init__(self):
        super().__init__(sizes=(2, 3, 4, 5, 6))

    def _images_at(self, indices):
        return 50 * super()._images_at(indices)


def untrained_codes(seed=0, dataset=DATASET, latent_dim=10):
    encode = untrained_encoder(dataset, latent_dim, seed)
    return encode(dataset.images_at(np.arange(20)))


# ---- by their names -------------------------------------------------------------


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


# ---- the true factors -----------------------------------------------------------


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


def test_progress_of_the_truth_is_told_once():
    seen = []
    truth = GroundTruth(FactorPixels(("three", "five"), (3, 5)))
    truth.codes_at(np.zeros((2, 3), int), lambda *pair: seen.append(pair))
    assert seen == [(6, 6)]


@pytest.mark.parametrize("protocol", ["higgins2017", "locatello2019"])
def test_the_metric_gives_the_truth_full_marks(protocol):
    dataset = FactorPixels()
    small = {"train_points": 400, "test_points": 200, "pairs": 16}
    score = beta_vae_score(GroundTruth(dataset), dataset, protocol, **small)
    assert score.score == 1.0
    assert score.settings["latent_dim"] == 5


def test_without_factors_there_is_no_truth():
    with pytest.raises(ValueError, match="the ground truth as a representation needs"):
        GroundTruth(NoFactors())


# ---- a network before its training ----------------------------------------------


@pytest.mark.parametrize("size", [16, 64])
def test_an_untrained_network_encodes_images_of_several_sizes(size):
    means = untrained_codes(dataset=Digits(size), latent_dim=7)
    assert means.shape == (20, 7)
    assert means.dtype == np.float32
    # Different images have different codes, in every latent.
    assert (means.std(0) > 0).all()


def test_a_seed_repeats_the_weights():
    np.testing.assert_array_equal(untrained_codes(seed=3), untrained_codes(seed=3))
    assert np.abs(untrained_codes(seed=3) - untrained_codes(seed=4)).max() > 1e-3


def test_other_random_numbers_go_on_undisturbed():
    random.seed(5)
    expected = random.random()
    random.seed(5)
    untrained_encoder(DATASET)
    assert random.random() == expected


def test_the_dense_network_takes_images_of_any_shape():
    encode = untrained_encoder(FactorPixels(), 3, network="higgins2017")
    assert encode(FactorPixels().images_at([0, 1])).shape == (2, 3)


def test_images_that_do_not_fit_get_the_networks_own_sentence():
    with pytest.raises(ValueError, match="burgess2018 network halves its images"):
        untrained_encoder(FactorPixels())


# ---- a user's own codes ---------------------------------------------------------


def test_codes_come_by_their_rows():
    own = OwnCodes(CODES)
    np.testing.assert_array_equal(own.codes_at([[0, 5], [1, 1]])[0, 1], CODES[5])
    assert len(own) == 6
    assert not own.has_factors


def test_classes_are_numbered_from_0():
    own = OwnCodes(CODES, FACTORS)
    assert own.factor_sizes == (2, 2)
    assert own.factor_names == ("factor 0", "factor 1")
    assert own.factors_at([0, 3]).tolist() == [[0, 0], [1, 1]]


def test_it_is_no_grid_even_if_every_combination_occurs():
    assert not OwnCodes(CODES, FACTORS).is_complete_grid


def test_names_are_the_users():
    assert OwnCodes(CODES, FACTORS, ("a", "b"), "mine").factor_names == ("a", "b")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((CODES[:5], FACTORS), "5 rows of codes and 6 of `factors`"),
        ((CODES, FACTORS, ("a",)), "`factor_names` must name each of the 2 factors"),
        ((CODES * np.nan, FACTORS), "`codes` must be finite"),
        ((CODES, np.array(FACTORS) + 0.5), "must be classes, whole numbers"),
    ],
)
def test_bad_arrays_are_named(arguments, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        OwnCodes(*arguments)
