import numpy as np
import pytest
from matplotlib.figure import Figure

from keras_bvae.pictures.figure_file import figure_pixels, write_figure


def figure():
    figure = Figure(figsize=(2, 1), dpi=50, facecolor=(1.0, 0.0, 0.0))
    figure.text(0.1, 0.5, "β")
    return figure


@pytest.mark.parametrize("ending", ["pdf", "svg"])
def test_the_same_figure_gives_the_same_file(tmp_path, ending):
    contents = []
    for number in range(2):
        path = tmp_path / f"{number}.{ending}"
        write_figure(figure(), path)
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]


def test_a_pdf_carries_its_font_and_an_svg_needs_none(tmp_path):
    write_figure(figure(), tmp_path / "a.pdf")
    write_figure(figure(), tmp_path / "a.svg")
    # Type 42: the TrueType font itself.
    assert b"/FontFile2" in (tmp_path / "a.pdf").read_bytes()
    assert b"<text" not in (tmp_path / "a.svg").read_bytes()


def test_pixels_have_the_figures_own_resolution_and_paper():
    picture = figure_pixels(figure())
    assert picture.mode == "RGB"
    assert picture.size == (100, 50)
    np.testing.assert_array_equal(np.asarray(picture)[0, 0], [255, 0, 0])
