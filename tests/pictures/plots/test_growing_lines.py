import numpy as np
from PIL import Image

from keras_bvae.pictures.plots.growing_lines import GrowingLines
from keras_bvae.pictures.plots.plot_style import color_of
from keras_bvae.pictures.sheets.page import PAPER, Page

SIZE = (120, 90)


def lines():
    return GrowingLines([0, 50, 100], [[0, 0], [1, 2], [4, 2]], "KL", SIZE)


def painted(points):
    picture = Image.new("RGB", (160, 120), PAPER)
    lines().paint(picture, 10, 20, points)
    return np.asarray(picture)


def test_points_lie_by_step_and_value():
    places = lines().places(0, 3)
    left, middle, right = places[:, 0]
    assert middle - left == right - middle > 0
    bottom, quarter, top = places[:, 1]
    # Up by a quarter of the highest value of all lines, which is 4.
    assert (bottom - quarter) / (bottom - top) == 0.25
    assert (places >= 0).all()
    assert (places[:, 0] <= SIZE[0]).all()


def test_lines_grow_to_the_right():
    begun, done = painted(2), painted(3)
    assert (begun[:, 80:] == PAPER).all()
    assert (done[:, 80:] != PAPER).any()
    # Where a line is there already it stays.
    np.testing.assert_array_equal(begun[:, :60], done[:, :60])


def test_only_the_plot_is_painted_and_in_its_colors():
    pixels = painted(3)
    assert (pixels[:20] == PAPER).all()
    assert (pixels[:, :10] == PAPER).all()
    assert (pixels[:, 10 + SIZE[0] :] == PAPER).all()
    seen = {tuple(color) for color in pixels.reshape(-1, 3)}
    for line in (0, 1):
        color = color_of(line)
        assert tuple(int(color[at : at + 2], 16) for at in (1, 3, 5)) in seen


def test_words_are_the_title_and_the_ends_of_the_scales():
    page = Page(160, 120)
    lines().draw_words(page, 10, 20)
    words = [mark.text for mark in page.marks if hasattr(mark, "text")]
    assert words == ["KL", "4.0", "0", "100"]


def test_lines_of_zeros_lie_at_the_bottom():
    flat = GrowingLines([0, 1], np.zeros((2, 1)), "", SIZE)
    assert (flat.places(0, 2)[:, 1] == flat.places(0, 2)[0, 1]).all()
