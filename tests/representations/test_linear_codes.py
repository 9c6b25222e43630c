import re
import warnings

import numpy as np
import pytest
from numbered_images import NumberedImages

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.digits import Digits
from keras_bvae.representations import linear_codes
from keras_bvae.representations.linear_codes import (
    LinearProjection,
    fit_independent_components,
    fit_principal_components,
    pixel_sample,
    pixels,
)

BOTH_FITS = pytest.mark.parametrize(
    "fit", [fit_principal_components, fit_independent_components]
)
SUM_AND_DIFFERENCE = LinearProjection(
    image_shape=(1, 2, 1),
    weights=np.float32([[1, 1], [1, -1]]),
    offset=np.float32([10, 20]),
)


def numbers(rows):
    """The number of each image, which is the value of all its pixels."""
    assert (rows == rows[:, :1]).all()
    return np.rint(255 * rows[:, 0]).astype(int).tolist()


def all_pixels(dataset):
    images = dataset.images_at(np.arange(len(dataset)))
    return images.reshape(len(images), -1) / 255


class MixedSources(Dataset):
    """Images of 4 x 4 pixels, each a mixture of three independent sources."""

    def __init__(self, count=4000):
        super().__init__("mixed", (4, 4, 1), count=count)
        rng = np.random.default_rng(0)
        self.sources = rng.uniform(-1, 1, (count, 3))
        mixture = self.sources @ rng.normal(0, 20, (3, 16))
        self._images = np.uint8(np.rint(128 + mixture)).reshape(-1, 4, 4, 1)

    def _images_at(self, indices):
        return self._images[indices]


# ---- pixels ---------------------------------------------------------------------


def test_an_image_becomes_one_row_in_reading_order():
    images = np.arange(24, dtype=np.uint8).reshape(2, 2, 3, 2)
    rows = pixels(images)
    np.testing.assert_array_equal(rows, np.float32(images.reshape(2, 12)) / 255)
    assert rows.dtype == np.float32


def test_floats_stay_as_they_are():
    images = np.float64([0.0, 0.25, 1.0, 0.5]).reshape(1, 2, 2, 1)
    np.testing.assert_array_equal(pixels(images), np.float32([[0, 0.25, 1, 0.5]]))


def test_a_single_image_is_no_batch():
    with pytest.raises(ValueError, match=r"received shape=\(2, 2, 1\)"):
        pixels(np.zeros((2, 2, 1), np.uint8))


# ---- a sample of them -----------------------------------------------------------


def test_a_small_data_set_is_taken_whole():
    rows = pixel_sample(NumberedImages(7))
    assert numbers(rows) == list(range(7))
    assert rows.shape == (7, 4)
    assert rows.dtype == np.float32


@pytest.mark.parametrize("limit", ["images", "bytes"])
def test_a_large_one_is_sampled_without_repetition(monkeypatch, limit):
    if limit == "images":
        monkeypatch.setattr(linear_codes, "SAMPLE_SIZE", 50)
    else:  # an image takes 16
        monkeypatch.setattr(linear_codes, "MAX_SAMPLE_BYTES", 50 * 16 + 15)
    first, again, other = (
        numbers(pixel_sample(NumberedImages(200), seed)) for seed in (0, 0, 1)
    )
    assert len(set(first)) == len(first) == 50
    assert first == again
    assert first != other


def test_progress_ends_at_the_whole_sample(monkeypatch):
    monkeypatch.setattr(linear_codes, "_IMAGES_AT_ONCE", 30)
    seen = []
    pixel_sample(NumberedImages(70), progress=lambda *pair: seen.append(pair))
    assert seen == [(30, 70), (60, 70), (70, 70)]


# ---- weighted sums of them ------------------------------------------------------


def test_codes_are_weighted_sums_of_pixels():
    images = np.uint8([[255, 0], [255, 255]]).reshape(2, 1, 2, 1)
    codes = SUM_AND_DIFFERENCE(images)
    np.testing.assert_array_equal(codes, [[11, 21], [12, 20]])
    assert codes.dtype == np.float32


def test_images_must_have_the_size_it_was_fitted_on():
    received = r"image_shape=\(1, 2, 1\); received image_shape=\(2, 1, 1\)"
    with pytest.raises(ValueError, match=received):
        SUM_AND_DIFFERENCE(np.zeros((3, 2, 1, 1), np.uint8))


# ---- principal components -------------------------------------------------------


# scikit-learn solves 64 pixels exactly and 1,024 by a randomized method.
@pytest.mark.parametrize("size", [8, 32])
def test_codes_are_those_of_the_singular_value_decomposition(size):
    dataset = Digits(size)
    principal = fit_principal_components(dataset, 6)
    rows = all_pixels(dataset)
    centred = rows - rows.mean(0)
    _, singular, directions = np.linalg.svd(centred, full_matrices=False)
    variances = singular**2 / (len(rows) - 1)
    np.testing.assert_allclose(principal.variances, variances[:6], rtol=1e-4)
    share = variances[:6].sum() / variances.sum()
    np.testing.assert_allclose(principal.variance_share, share, rtol=1e-4)
    codes = principal(dataset.images_at(np.arange(100)))
    expected = centred[:100] @ directions[:6].T
    # Which end of a direction is positive is a matter of taste. float32 and, of many
    # pixels, a solver that stops at 1e-3 of the last direction.
    signs = np.sign((codes * expected).sum(0))
    np.testing.assert_allclose(codes, signs * expected, atol=1e-2)
    projector = principal.weights @ principal.weights.T
    exact = directions[:6].T @ directions[:6]
    np.testing.assert_allclose(projector, exact, atol=1e-3)


def test_codes_of_the_sample_are_kept_and_centred():
    dataset = Digits(8)
    principal = fit_principal_components(dataset, 3)
    codes = principal(dataset.images_at(np.arange(len(dataset))))
    # float32 sums of 64 pixels.
    np.testing.assert_allclose(principal.sample_codes, codes, atol=1e-4)
    np.testing.assert_allclose(codes.mean(0), 0, atol=1e-4)


def test_a_seed_repeats_the_sample(monkeypatch):
    monkeypatch.setattr(linear_codes, "SAMPLE_SIZE", 500)
    first, again, other = (
        fit_principal_components(Digits(8), 4, seed).weights for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


# ---- independent components -----------------------------------------------------


def test_mixed_sources_are_found_up_to_order_and_sign():
    dataset = MixedSources()
    independent = fit_independent_components(dataset, 3)
    codes = independent(dataset.images_at(np.arange(len(dataset))))
    correlation = np.corrcoef(codes.T, dataset.sources.T)[:3, 3:]
    found = np.abs(correlation).argmax(1)
    assert sorted(found) == [0, 1, 2]
    # Pixels are rounded and the sample is finite.
    np.testing.assert_allclose(np.abs(correlation), np.eye(3)[found], atol=0.05)
    assert independent.has_converged
    assert 1 <= independent.iterations < linear_codes.MAX_ITERATIONS


def test_codes_have_mean_0_and_variance_1_and_are_uncorrelated():
    dataset = Digits(8)
    independent = fit_independent_components(dataset, 5)
    codes = independent(dataset.images_at(np.arange(len(dataset))))
    # float32 products of 64 pixels.
    np.testing.assert_allclose(codes.mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(np.cov(codes.T, ddof=0), np.eye(5), atol=1e-3)
    assert codes.dtype == np.float32


def test_what_does_not_converge_says_so_without_a_warning(monkeypatch):
    monkeypatch.setattr(linear_codes, "MAX_ITERATIONS", 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        independent = fit_independent_components(Digits(8), 5)
    assert not independent.has_converged
    assert independent.iterations == 2


def test_a_seed_repeats_the_first_guess():
    dataset = Digits(8)
    first, again, other = (
        fit_independent_components(dataset, 4, seed).weights for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


# ---- both -----------------------------------------------------------------------


@BOTH_FITS
def test_progress_is_that_of_the_sample(fit):
    seen = []
    fit(Digits(8), 2, progress=lambda *pair: seen.append(pair))
    assert seen == [(1024, 1797), (1797, 1797)]


@BOTH_FITS
@pytest.mark.parametrize("components", [0, -1, 2.5, True, "ten"])
def test_components_must_be_a_count(fit, components):
    received = re.escape(f"received components={components!r}")
    with pytest.raises(ValueError, match=received):
        fit(Digits(8), components)


@BOTH_FITS
@pytest.mark.parametrize(
    ("dataset", "components", "received"),
    [
        (Digits(8), 65, "images and pixels; received components=65 for 64"),
        (NumberedImages(3), 4, "images and pixels; received components=4 for 3"),
        # Every image is of one value: they vary in one direction.
        (NumberedImages(9), 2, "directions of variance; received components=2 for 1"),
        (NumberedImages(1), 1, "directions of variance; received components=1 for 0"),
    ],
)
def test_there_are_no_more_components_than_directions(
    fit, dataset, components, received
):
    with pytest.raises(ValueError, match=received):
        fit(dataset, components)
