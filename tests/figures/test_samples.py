import matplotlib.figure
import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model

import keras_bvae as kb
from keras_bvae.figures.samples import sample_page
from keras_bvae.pictures.sheets.marks import Tile


def codes_decoded(model, monkeypatch, **choices):
    """The codes that a page of samples was decoded from."""
    seen = []
    decode = type(model).decode
    monkeypatch.setattr(
        type(model),
        "decode",
        lambda self, codes: seen.append(codes) or decode(self, codes),
    )
    sample_page(model, **choices)
    monkeypatch.undo()
    return seen[0]


def test_a_sample_is_a_decoded_draw_of_the_prior(monkeypatch):
    codes = codes_decoded(small_model(), monkeypatch, count=1000)
    assert codes.shape == (1000, 3)
    # Five standard errors of a mean and of a spread over 1000 draws of N(0, 1).
    np.testing.assert_allclose(codes.mean(axis=0), 0, atol=5 / np.sqrt(1000))
    np.testing.assert_allclose(codes.std(axis=0), 1, atol=5 / np.sqrt(2000))


def test_temperature_scales_the_draws(monkeypatch):
    model = small_model()
    cold, warm = (
        codes_decoded(model, monkeypatch, count=4, temperature=temperature)
        for temperature in (0.5, 1.0)
    )
    np.testing.assert_allclose(cold, 0.5 * warm)


def test_the_page_shows_the_decoded_codes(monkeypatch):
    model = small_model()
    codes = codes_decoded(model, monkeypatch, count=5, seed=2)
    page = sample_page(model, count=5, seed=2)
    tiles = [mark.pixels[..., :1] for mark in page.marks if isinstance(mark, Tile)]
    np.testing.assert_array_equal(tiles, np.round(255 * model.decode(codes)))


def test_without_temperature_posterior_draws_are_means_of_images(monkeypatch):
    model, dataset = small_model(), Squares()
    codes = codes_decoded(model, monkeypatch, count=6, temperature=0.0, dataset=dataset)
    means, log_variance = model.encode(dataset.images_at(np.arange(36)))
    distances = np.abs(codes[:, np.newaxis] - means).max(axis=2)
    chosen = distances.argmin(axis=1)
    np.testing.assert_allclose(codes, means[chosen], atol=1e-5)
    warm = codes_decoded(model, monkeypatch, count=6, dataset=dataset)
    # The same images at temperature 1: within five standard deviations, not at 0.
    noise = (warm - codes) / np.exp(0.5 * log_variance[chosen])
    assert 0.1 < np.abs(noise).max() < 5


def test_a_figure_has_the_images_in_a_square():
    figure = kb.figures.samples(small_model(), count=9)
    assert isinstance(figure, matplotlib.figure.Figure)
    lefts = {image.get_extent()[0] for image in figure.axes[0].images}
    assert (len(figure.axes[0].images), len(lefts)) == (9, 3)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"count": 0}, "at least 1; received count=0"),
        ({"temperature": -1.0}, "finite number >= 0; received temperature=-1.0"),
        ({"temperature": float("nan")}, "received temperature=nan"),
    ],
)
def test_numbers_out_of_range_are_refused(choices, said):
    with pytest.raises(ValueError, match=said):
        sample_page(small_model(), **choices)
