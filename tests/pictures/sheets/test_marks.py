import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from keras_bvae.pictures.sheets.marks import (
    Box,
    Text,
    Tile,
    as_pixels,
    as_tile,
    tile_scale,
)


@pytest.mark.parametrize(
    ("side", "largest", "scale"),
    [(64, 96, 1), (64, 128, 2), (32, 96, 3), (28, 96, 3), (128, 96, 1), (256, 96, 1)],
)
def test_scale_is_the_largest_whole_number_that_fits(side, largest, scale):
    assert tile_scale(side, side, largest) == scale


def test_the_longer_side_decides():
    assert tile_scale(10, 40, 96) == 2


def test_grey_floats_become_bytes_in_all_three_channels():
    # By hand: 0.2 * 255 = 51; what is outside [0, 1] is clipped.
    tile = np.asarray(as_tile(np.float32([[[0.2], [1.5]], [[-0.1], [1.0]]])))
    np.testing.assert_array_equal(tile[..., 0], [[51, 255], [0, 255]])
    np.testing.assert_array_equal(tile, tile[..., :1].repeat(3, axis=-1))


def test_colours_and_bytes_pass_unchanged():
    image = np.random.default_rng(0).integers(0, 256, (5, 4, 3), dtype=np.uint8)
    np.testing.assert_array_equal(np.asarray(as_tile(image)), image)


def test_each_pixel_becomes_a_square():
    image = np.uint8([[[1], [2]]])
    tile = np.asarray(as_tile(image, scale=2))[..., 0]
    np.testing.assert_array_equal(tile, [[1, 1, 2, 2], [1, 1, 2, 2]])


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 2), (8, 8, 5), (1, 8, 8, 1)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="with 1, 3 or 4 channels; received shape"):
        as_tile(np.zeros(shape))


def test_what_is_transparent_shows_squares_of_grey():
    image = np.zeros((16, 4, 4), np.uint8)
    image[4:] = (0, 0, 0, 255)
    image[6:] = (255, 0, 0, 128)
    tile = np.asarray(as_tile(image))
    # Eight squares along the longer side: of 2 pixels.
    assert (
        tile[:4, :, 0].tolist()
        == [[211, 211, 179, 179]] * 2 + [[179, 179, 211, 211]] * 2
    )
    assert (tile[4:6] == 0).all()
    # By hand: 128 / 255 of red, the rest of the ground, which is 179 there.
    assert tile[7, 0].tolist() == [217, 89, 89]
    as_floats = np.asarray(as_tile(image / 255))
    np.testing.assert_array_equal(as_floats, tile)


def test_an_image_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="must be finite; received NaN"):
        as_tile(np.full((8, 8, 1), np.nan))


def test_pixels_are_the_tile_before_it_grows():
    image = np.random.default_rng(0).random((5, 4, 1))
    tile = np.asarray(as_tile(image, scale=1))
    np.testing.assert_array_equal(as_pixels(image), tile)


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
