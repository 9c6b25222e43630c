import warnings

import numpy as np
import pytest
from numbered_images import NumberedImages

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.digits import Digits
from keras_bvae.representations import independent_components as module
from keras_bvae.representations.independent_components import (
    fit_independent_components,
)


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
    assert 1 <= independent.iterations < module.MAX_ITERATIONS


def test_codes_have_mean_0_and_variance_1_and_are_uncorrelated():
    dataset = Digits(8)
    independent = fit_independent_components(dataset, 5)
    codes = independent(dataset.images_at(np.arange(len(dataset))))
    # float32 products of 64 pixels.
    np.testing.assert_allclose(codes.mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(np.cov(codes.T, ddof=0), np.eye(5), atol=1e-3)
    assert codes.dtype == np.float32


def test_what_does_not_converge_says_so_without_a_warning(monkeypatch):
    monkeypatch.setattr(module, "MAX_ITERATIONS", 2)
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


def test_progress_is_that_of_the_sample():
    seen = []
    fit_independent_components(Digits(8), 2, progress=lambda *pair: seen.append(pair))
    assert seen == [(1024, 1797), (1797, 1797)]


def test_there_are_no_more_components_than_directions():
    received = "directions of variance; received components=2 for 1"
    with pytest.raises(ValueError, match=received):
        fit_independent_components(NumberedImages(9), 2)
