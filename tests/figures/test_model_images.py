import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model, small_model_of

import keras_bvae as kb
from keras_bvae.figures.model_images import (
    interpolation_film,
    interpolations,
    model_name,
    reconstructions,
    samples,
)
from keras_bvae.pictures.sheets.marks import Text, Tile


@pytest.mark.parametrize(
    ("model_class", "strengths", "name"),
    [
        (kb.BetaVAE, {"beta": 4.0}, "BetaVAE, β = 4"),
        (kb.FactorVAE, {"gamma": 6.5}, "FactorVAE, γ = 6.5"),
        (
            kb.DIPVAE,
            {"lambda_od": 10.0, "lambda_d": 0.5},
            "DIPVAE, λ_od = 10, λ_d = 0.5",
        ),
    ],
)
def test_a_name_has_the_papers_letters(model_class, strengths, name):
    model = small_model_of(model_class, compiled=False, **strengths)
    assert model_name(model) == name


def test_images_stand_above_the_decoded_means_with_their_errors():
    model, dataset = small_model(), Squares()
    sheet = reconstructions(model, dataset, count=2, seed=3, title="a run")
    tiles = [mark.pixels[..., :1] for mark in sheet.marks if isinstance(mark, Tile)]
    texts = [mark.text for mark in sheet.marks if isinstance(mark, Text)]
    indices = [int(text) for text in texts if text.isdecimal()]
    images = dataset.images_at(indices)
    np.testing.assert_array_equal(tiles[:2], images)
    mean, _ = model.encode(images)
    decoded = model.decode(mean)
    np.testing.assert_array_equal(tiles[2:], np.round(255 * decoded))
    # The Bernoulli likelihood by hand, of pixels 0 and 1.
    likelihood = np.where(images > 0, decoded, 1 - decoded)
    errors = -np.log(likelihood).sum(axis=(1, 2, 3))
    assert [text for text in texts if text.endswith(" nats") and len(text) < 12] == [
        f"{error:.1f} nats" for error in errors
    ]
    assert any(f"mean of the 2 shown {errors.mean():.1f} nats" in t for t in texts)


def test_own_images_need_no_data_set():
    model = small_model()
    images = Squares().images_at([1, 2, 3])
    sheet = kb.figures.reconstructions(model, images=images)
    assert isinstance(sheet, kb.pictures.Sheet)
    assert len(sheet.figure().axes[0].images) == 6
    named = reconstructions(model, images=images, names=("x.png", "y", "z"))
    assert "x.png" in [mark.text for mark in named.marks if isinstance(mark, Text)]


def test_another_seed_draws_other_images():
    model, dataset = small_model(), Squares()
    first, second = (
        reconstructions(model, dataset, count=5, seed=seed).picture for seed in (0, 1)
    )
    assert not np.array_equal(np.asarray(first), np.asarray(second))


def test_without_images_there_is_nothing_to_draw():
    with pytest.raises(ValueError, match="received neither `dataset` nor `images`"):
        reconstructions(small_model())


def codes_decoded(model, monkeypatch, **choices):
    """The codes that a sheet of samples was decoded from."""
    seen = []
    decode = type(model).decode
    monkeypatch.setattr(
        type(model),
        "decode",
        lambda self, codes: seen.append(codes) or decode(self, codes),
    )
    samples(model, **choices)
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


def test_the_sheet_shows_the_decoded_codes(monkeypatch):
    model = small_model()
    codes = codes_decoded(model, monkeypatch, count=5, seed=2)
    sheet = samples(model, count=5, seed=2)
    tiles = [mark.pixels[..., :1] for mark in sheet.marks if isinstance(mark, Tile)]
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


def test_nine_images_stand_in_a_square():
    sheet = kb.figures.samples(small_model(), count=9)
    assert isinstance(sheet, kb.pictures.Sheet)
    images = sheet.figure().axes[0].images
    lefts = {image.get_extent()[0] for image in images}
    assert (len(images), len(lefts)) == (9, 3)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"count": 0}, "whole number >= 1; received count=0"),
        ({"count": True}, "whole number >= 1; received count=True"),
        ({"seed": -1}, "whole number from 0 to 4,294,967,295; received seed=-1"),
        ({"temperature": -1.0}, "finite number >= 0; received temperature=-1.0"),
        ({"temperature": float("nan")}, "received temperature=nan"),
    ],
)
def test_numbers_out_of_range_are_refused(choices, said):
    with pytest.raises(ValueError, match=said):
        samples(small_model(), **choices)


def test_what_lies_between_is_decoded_from_between_the_means():
    model = small_model()
    first, last = Squares().images_at([0, 35])
    sheet = kb.figures.interpolations(model, first, last, steps=3)
    assert isinstance(sheet, kb.pictures.Sheet)
    images = sheet.figure().axes[0].images
    shown = [image.get_array()[..., :1] for image in images]
    np.testing.assert_array_equal(shown[0], first)
    np.testing.assert_array_equal(shown[-1], last)
    means, _ = model.encode(np.stack([first, last]))
    codes = [means[0], means.mean(axis=0), means[1]]
    np.testing.assert_allclose(shown[1:-1], 255 * model.decode(codes), atol=1)


def test_paths_differ_and_ends_are_named():
    model = small_model()
    first, last = Squares().images_at([0, 35])
    linear, spherical = (
        interpolations(model, first, last, path=path, names=("image 0", "b.png"))
        for path in ("linear", "spherical")
    )
    assert not np.array_equal(linear.picture, spherical.picture)
    texts = [mark.text for mark in spherical.marks if isinstance(mark, Text)]
    assert any("spherical path" in text for text in texts)
    assert "of image 0 and b.png" in texts


def test_a_film_goes_there_and_back():
    first, last = Squares().images_at([0, 35])
    film = interpolation_film(small_model(), first, last, steps=5)
    assert len(film.frames) == 8


def test_other_paths_are_refused():
    first, last = Squares().images_at([0, 35])
    with pytest.raises(ValueError, match="linear, spherical; received 'liner'"):
        interpolations(small_model(), first, last, path="liner")


def test_images_of_two_sizes_have_no_way_between_them():
    with pytest.raises(
        ValueError, match=r"received shapes \(8, 8, 1\) and \(9, 9, 1\)"
    ):
        interpolations(small_model(), np.zeros((8, 8, 1)), np.zeros((9, 9, 1)))
