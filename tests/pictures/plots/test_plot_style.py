import itertools

import numpy as np
import pytest

from keras_bvae.pictures.plots import plot_style


def linear(color):
    parts = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lightness(rgb):
    """CIE L* of a colour of linear parts."""
    luminance = rgb @ (0.2126, 0.7152, 0.0722)
    return 116 * np.cbrt(luminance) - 16


# What an eye without one kind of cone makes of a colour: Viénot, Brettel & Mollon 1999,
# for linear parts.
BLINDNESS = {
    "protan": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "deutan": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
}


@pytest.mark.parametrize("kind", BLINDNESS)
def test_no_two_categories_look_alike_to_the_color_blind(kind):
    seen = [np.array(BLINDNESS[kind]) @ linear(c) for c in plot_style.CATEGORY_COLORS]
    for one, other in itertools.combinations(seen, 2):
        assert np.abs(one - other).max() > 0.04


def test_categories_repeat_after_the_last_color():
    count = len(plot_style.CATEGORY_COLORS)
    assert plot_style.color_of(count + 1) == plot_style.color_of(1)
    assert len({plot_style.color_of(number) for number in range(count)}) == count


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


def test_a_color_goes_to_bytes_and_back():
    assert plot_style.rgb_of("#d55e00") == (213, 94, 0)
    assert plot_style.hexadecimal(plot_style.rgb_of("#d55e00")) == "#d55e00"
