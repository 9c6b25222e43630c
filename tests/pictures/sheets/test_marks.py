import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from keras_bvae.pictures.sheets.marks import Box, Text, Tile


def painted(mark, side=20):
    picture = Image.new("RGB", (side, side), (255, 255, 255))
    mark.paint(picture)
    return np.asarray(picture)


def plotted(mark):
    axes = Figure().add_axes((0, 0, 1, 1))
    mark.plot(axes, order=4)
    return axes


def test_a_box_fills_its_pixels_and_has_its_place_in_axes():
    box = Box(3, 4, 5, 6, (255, 0, 51))
    rows, columns = np.nonzero((painted(box) != 255).any(axis=-1))
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (3, 7, 4, 9)
    (patch,) = plotted(box).patches
    assert patch.get_bbox().bounds == (3, 4, 5, 6)
    assert patch.get_facecolor() == (1.0, 0.0, 0.2, 1.0)
    assert patch.get_zorder() == 4


def test_an_empty_box_is_nothing():
    assert (painted(Box(3, 4, 0, 6, (0, 0, 0))) == 255).all()


def test_a_tile_is_its_pixels_as_squares():
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    tile = Tile(5, 6, pixels, 3)
    expected = pixels.repeat(3, axis=0).repeat(3, axis=1)
    np.testing.assert_array_equal(painted(tile)[6:12, 5:11], expected)
    (image,) = plotted(tile).images
    np.testing.assert_array_equal(image.get_array(), pixels)
    assert tuple(image.get_extent()) == (5, 11, 12, 6)
    # Any other would blur the pixels or draw them for one resolution only.
    assert image.get_interpolation() == "none"


def test_text_stands_on_its_line():
    rows, _ = np.nonzero(painted(Text(2, 15, "H", 12, (0, 0, 0), "left")).min(-1) < 99)
    assert rows.max() == 14
    (text,) = plotted(Text(2, 15, "H", 12, (0, 0, 0), "right")).texts
    assert (text.get_position(), text.get_ha(), text.get_va()) == (
        (2, 15),
        "right",
        "baseline",
    )
    # 12 pixels of a hundred to the inch, in points of 72 to the inch.
    np.testing.assert_allclose(text.get_fontsize(), 8.64)
