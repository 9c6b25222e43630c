import numpy as np

from keras_bvae.latents.factor_responses import factor_response
from keras_bvae.pictures.colors import color_of, hexadecimal
from keras_bvae.pictures.plots.response_maps import ResponsePanel, response_maps

# Factors x (3), y (2), size (4), shape (2): all combinations, and codes by hand.
SIZES = (3, 2, 4, 2)
FACTORS = np.stack(np.unravel_index(np.arange(48), SIZES), axis=1)
CODES = np.stack([FACTORS[:, 0] - 1.0, 0.5 * FACTORS[:, 2] * FACTORS[:, 3]], axis=1)
KL = np.array([1.25, 0.0])


def figure_of(**arguments):
    panels = [
        ResponsePanel(factor_response(CODES, FACTORS, (0, 1), SIZES), ("x", "y"), True),
        ResponsePanel(factor_response(CODES, FACTORS, (2, 3), SIZES), ("size",), False),
    ]
    arguments = {"categories": ("cube", "ball"), "title": "a model", **arguments}
    return response_maps(panels, (1, 0), KL, **arguments)


def axes_of(figure):
    return np.array(figure.axes[:4]).reshape(2, 2)


def test_a_plane_shows_x_across_and_y_down_on_one_scale():
    figure = figure_of(limit=2)
    upper, lower = (axes.images[0] for axes in axes_of(figure)[:, 0])
    np.testing.assert_allclose(lower.get_array(), [[-1, 0, 1], [-1, 0, 1]])
    # Latent 1, in the upper row: the mean over sizes 0 … 3 and shapes 0, 1.
    np.testing.assert_allclose(upper.get_array(), np.full((2, 3), 0.375))
    assert upper.get_clim() == lower.get_clim() == (-2, 2)
    assert axes_of(figure)[0, 0].get_ylim() == (1.5, -0.5)  # y runs down
    assert axes_of(figure)[0, 0].get_title(loc="left") == "x →\ny ↓"


def test_curves_have_a_color_a_category_and_a_band():
    axes = axes_of(figure_of())[0, 1]
    cube, ball = axes.lines
    np.testing.assert_allclose(cube.get_ydata(), np.zeros(4))
    np.testing.assert_allclose(ball.get_ydata(), [0, 0.5, 1, 1.5])
    assert [line.get_color() for line in (cube, ball)] == [color_of(0), color_of(1)]
    lower = axes_of(figure_of())[1, 1]
    # Latent 0 is x - 1, of three classes: standard deviation √(2/3).
    (band, _) = lower.collections
    reach = band.get_paths()[0].vertices[:, 1]
    np.testing.assert_allclose([reach.min(), reach.max()], [-0.816497, 0.816497], 1e-5)


def test_rows_are_named_and_dead_latents_grey():
    column = axes_of(figure_of())[:, 0]
    assert [axes.get_ylabel() for axes in column] == ["z1\n0.00 nats", "z0\n1.25 nats"]
    colors = [axes.yaxis.label.get_color() for axes in column]
    assert colors == [hexadecimal((112, 112, 112)), hexadecimal((34, 34, 34))]


def test_the_legend_names_the_categories():
    (legend,) = figure_of().legends
    assert [text.get_text() for text in legend.get_texts()] == ["cube", "ball"]


def test_without_categories_a_curve_has_one_color_and_no_legend():
    response = factor_response(CODES, FACTORS, (2,), SIZES)
    panel = ResponsePanel(response, ("size",), is_plane=False)
    figure = response_maps([panel], (1,), KL, lines=("a note",))
    (line,) = figure.axes[0].lines
    np.testing.assert_allclose(line.get_ydata(), [0, 0.25, 0.5, 0.75])
    assert not figure.legends
    assert figure.get_supxlabel() == "a note"


def test_nothing_is_cut_off():
    figure = figure_of(title="a long title " * 3, lines=("a note below",))
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= width
    assert box.y1 <= height


def test_long_names_of_factors_stay_in_their_columns():
    long = "a_factor_whose_name_is_longer_than_its_column"
    response = factor_response(CODES, FACTORS, (0, 1), SIZES)
    plane = ResponsePanel(response, (long, long), is_plane=True)
    curve = ResponsePanel(
        factor_response(CODES, FACTORS, (2,), SIZES), (long,), is_plane=False
    )
    figure = response_maps([plane, curve], (1,), KL)
    figure.draw_without_rendering()
    left, right = figure.axes[:2]
    assert left._left_title.get_window_extent().x1 <= right.get_tightbbox().x0
    assert figure.get_tightbbox().x1 <= figure.get_size_inches()[0]
