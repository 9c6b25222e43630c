import io
import warnings

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keras_bvae.pictures.plots import plot_style


def linear(color):
    parts = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lightness(rgb):
    """CIE L* of a colour of linear parts."""
    luminance = rgb @ (0.2126, 0.7152, 0.0722)
    return 116 * np.cbrt(luminance) - 16


def test_both_signs_are_as_dark_as_each_other():
    colors = plot_style.diverging_colors()
    for value in (0.0, 0.25):
        # Undo the encoding of each part, then compare lightness.
        pair = [
            np.array(colors(at)[:3])
            for at in (0.5 - (0.5 - value), 0.5 + (0.5 - value))
        ]
        encoded = ["#" + "".join(f"{round(255 * p):02x}" for p in c) for c in pair]
        one, other = (lightness(linear(color)) for color in encoded)
        assert abs(one - other) < 6


def test_the_style_ends_with_its_block():
    import matplotlib

    before = matplotlib.rcParams["axes.grid"]
    with plot_style.plot_style():
        assert matplotlib.rcParams["axes.grid"] is not before
    assert matplotlib.rcParams["axes.grid"] is before


def test_a_figure_is_in_no_global_list():
    import matplotlib.pyplot

    figure = plot_style.new_figure(4, 3)
    assert tuple(figure.get_size_inches()) == (4, 3)
    assert not matplotlib.pyplot.get_fignums()


def test_a_legend_and_its_lines_lie_inside_the_figure():
    figure = plot_style.new_figure(5, 3)
    figure.subplots()
    names = [f"a run of a long name {number}" for number in range(5)]
    plot_style.write_title(figure, "title", "a line", "", legend=names)
    figure.draw_without_rendering()
    (legend,) = figure.legends
    box = legend.get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.x1
    assert box.y1 <= figure.bbox.y1
    # The layout left its lines free: the plot begins below.
    assert figure.axes[0].get_tightbbox().y1 <= box.y0 + 2
    assert figure.get_supxlabel() == "a line"


def test_words_that_are_too_wide_stay_inside_the_figure():
    long = "a-run-of-a-long-name-" * 4
    note = "a line of words that is wider than such a narrow figure can be"
    with plot_style.plot_style():
        figure = plot_style.new_figure(3, 3)
        figure.subplots()
        plot_style.write_title(figure, long, note, long, legend=[long, "b"])
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    assert box.x1 <= 3
    (legend,) = figure.legends
    assert legend.get_window_extent().x1 <= figure.bbox.x1
    assert figure.get_supxlabel().startswith("a line of words")
    assert " ".join(figure.get_supxlabel().split("\n")[:-1]) == note
    assert figure.get_suptitle().startswith("a-run")


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([0.5], [0.5]),
        ([0.2, 0.6], [0.2, 0.6]),  # far enough apart
        ([0.5, 0.5], [0.45, 0.55]),  # around where both would be
        ([0.5, 0.5, 0.5], [0.4, 0.5, 0.6]),
        ([0.52, 0.48], [0.55, 0.45]),  # in their order
        ([0.0, 0.0], [0.0, 0.1]),  # not below the end
        ([1.0, 0.99], [1.0, 0.9]),
        ([0.1, 0.5, 0.51, 0.9], [0.1, 0.455, 0.555, 0.9]),  # the others stay
    ],
)
def test_places_by_hand(places, expected):
    np.testing.assert_allclose(
        plot_style.spread_apart(places, 0.1), expected, atol=1e-12
    )


def test_without_room_the_gap_shrinks():
    places = plot_style.spread_apart(np.zeros(21), 0.1)
    np.testing.assert_allclose(np.diff(places), 0.05)
    assert places[0] == 0
    assert places[-1] == pytest.approx(1)


def test_random_places_keep_order_gap_and_ends():
    rng = np.random.default_rng(0)
    for _ in range(50):
        places = rng.random(8) ** 3
        moved = plot_style.spread_apart(places, 0.09)
        ranked = moved[np.argsort(places, kind="stable")]
        assert (np.diff(ranked) >= 0.09 - 1e-9).all()
        assert ranked[0] >= 0
        assert ranked[-1] <= 1 + 1e-9


def test_no_label_needs_no_place():
    assert plot_style.spread_apart([], 0.1).shape == (0,)


@settings(max_examples=5, derandomize=True, deadline=None, database=None)
@given(st.text(max_size=30))
@example("$x_{1^$ and \\frac")  # no formula
@example("_hidden")  # Matplotlib leaves such lines out of a legend
@example("日本語 שלום\u202e \x1b[2J\n\n\x00")
@example("caf\udce9")  # a file's name that is not UTF-8
@example("a" * 10_000)
@example("word " * 10_000)
def test_any_text_can_be_title_name_and_note(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with plot_style.plot_style():
            figure = plot_style.new_figure(4, 5)
            axes = figure.subplots()
            axes.set_title(plot_style.fitting(text, 3))
            plot_style.write_title(figure, text, text, legend=[text, "other"])
        figure.savefig(io.BytesIO(), format="svg")
    (legend,) = figure.legends
    assert len(legend.get_texts()) == 2
    assert legend.get_texts()[0].get_text() == plot_style.fitting(text, 3.34, "small")
    assert axes.get_position().height > 0.2
