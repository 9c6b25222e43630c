import matplotlib.figure
import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model

import keras_bvae as kb
from keras_bvae.figures.interpolations import interpolation_film, interpolation_page
from keras_bvae.pictures.sheets.marks import Text


def test_what_lies_between_is_decoded_from_between_the_means():
    model = small_model()
    first, last = Squares().images_at([0, 35])
    figure = kb.figures.interpolation(model, first, last, steps=3)
    assert isinstance(figure, matplotlib.figure.Figure)
    shown = [image.get_array()[..., :1] for image in figure.axes[0].images]
    np.testing.assert_array_equal(shown[0], first)
    np.testing.assert_array_equal(shown[-1], last)
    means, _ = model.encode(np.stack([first, last]))
    codes = [means[0], means.mean(axis=0), means[1]]
    np.testing.assert_allclose(shown[1:-1], 255 * model.decode(codes), atol=1)


def test_paths_differ_and_ends_are_named():
    model = small_model()
    first, last = Squares().images_at([0, 35])
    linear, spherical = (
        interpolation_page(model, first, last, path=path, names=("image 0", "b.png"))
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
        interpolation_page(small_model(), first, last, path="liner")
