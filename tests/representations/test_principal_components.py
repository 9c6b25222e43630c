import re

import numpy as np
import pytest
from numbered_images import NumberedImages

from keras_bvae.datasets.digits import Digits
from keras_bvae.representations import pixel_sample
from keras_bvae.representations.principal_components import fit_principal_components


def all_pixels(dataset):
    images = dataset.images_at(np.arange(len(dataset)))
    return images.reshape(len(images), -1) / 255


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
    monkeypatch.setattr(pixel_sample, "SAMPLE_SIZE", 500)
    first, again, other = (
        fit_principal_components(Digits(8), 4, seed).weights for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_progress_is_that_of_the_sample():
    seen = []
    fit_principal_components(Digits(8), 2, progress=lambda *pair: seen.append(pair))
    assert seen == [(1024, 1797), (1797, 1797)]


@pytest.mark.parametrize("components", [0, -1, 2.5, True, "ten"])
def test_components_must_be_a_count(components):
    received = re.escape(f"received components={components!r}")
    with pytest.raises(ValueError, match=received):
        fit_principal_components(Digits(8), components)


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
def test_there_are_no_more_components_than_directions(dataset, components, received):
    with pytest.raises(ValueError, match=received):
        fit_principal_components(dataset, components)
