import numpy as np
import pytest
from matplotlib.collections import PathCollection, PolyCollection

from keras_bvae.latents.code_plane import code_plane
from keras_bvae.pictures.plots import code_map as module
from keras_bvae.pictures.plots.code_map import Coloring, code_map, reach_of

CODES = np.random.default_rng(0).standard_normal((120, 2))
CLASSES = np.arange(120) % 3
KIND = Coloring("kind", CLASSES, ("cube", "ball", "rod"), False)
MANY = Coloring("angle", np.arange(120) % 60, tuple(map(str, range(60))), True)


def panels_of(figure):
    return [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]


def scales_of(figure):
    return [axes for axes in figure.axes if axes.get_label() == "<colorbar>"]


def test_a_factor_has_a_panel_with_its_names():
    figure = code_map(code_plane(CODES), [KIND, MANY], title="a model")
    kind, angle = panels_of(figure)
    (dots,) = [c for c in kind.collections if isinstance(c, PathCollection)]
    assert sorted(map(tuple, dots.get_offsets())) == sorted(map(tuple, CODES))
    assert dots.get_rasterized()
    pairs = {
        (tuple(place), value)
        for place, value in zip(dots.get_offsets(), dots.get_array(), strict=True)
    }
    assert pairs == set(zip(map(tuple, CODES), CLASSES, strict=True))
    names = [
        [text.get_text() for text in axes.get_xticklabels()]
        for axes in scales_of(figure)
    ]
    assert names == [["cube", "ball", "rod"], ["0", "29", "59"]]
    assert angle.get_title(loc="left") == "angle"


def test_the_priors_circles_hold_their_shares():
    (axes,) = panels_of(code_map(code_plane(CODES), [KIND]))
    radii = {round(patch.radius, 3) for patch in axes.patches}
    # Of a draw of N(0, I): P(r² < -2 ln(1 - p)) = p.
    assert radii == {1.177, 2.448}
    axes = panels_of(code_map(code_plane(CODES, "tsne"), [KIND]))[0]
    assert not axes.patches


@pytest.mark.parametrize(
    ("coloring", "value"), [(None, 60), (KIND, 0), (MANY, 29.5)], ids=str
)
def test_many_points_become_hexagons(monkeypatch, coloring, value):
    monkeypatch.setattr(module, "MOST_DOTS", 100)
    monkeypatch.setattr(module, "MOST_PLAIN_DOTS", 100)
    codes = np.repeat([[-1.0, -1.0], [1.0, 1.0]], 60, axis=0)
    if coloring is KIND:
        classes = np.repeat([0, 0, 2], 40)[np.random.default_rng(0).permutation(120)]
        coloring = Coloring("kind", np.where(classes == 2, 2, 0), KIND.labels, False)
    if coloring is MANY:
        coloring = Coloring("angle", np.tile(np.arange(60), 2), MANY.labels, True)
    figure = code_map(code_plane(codes), [coloring] if coloring else ())
    axes = panels_of(figure)[0]
    (hexagons,) = [c for c in axes.collections if isinstance(c, PolyCollection)]
    values = hexagons.get_array()
    np.testing.assert_allclose(values[values > -1], [value, value])


def test_what_is_decoded_has_the_axes_of_the_codes():
    plane = code_plane(CODES)
    decoded = np.zeros((2, 2, 4, 4, 1), "float32")
    decoded[1, 0] = 1  # up and left
    codes, picture = panels_of(code_map(plane, [KIND], decoded))
    pixels = picture.images[0].get_array()
    assert pixels[:4, :4].min() == 255
    assert pixels[4:].max() == pixels[:, 4:].max() == 0
    assert codes.get_xlim() == picture.get_xlim() == reach_of(plane)
