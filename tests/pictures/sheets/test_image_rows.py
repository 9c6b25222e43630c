import numpy as np

from keras_bvae.pictures.sheets.image_rows import (
    ImageRow,
    image_rows_layout,
    image_rows_picture,
)
from keras_bvae.pictures.sheets.marks import Tile
from keras_bvae.pictures.sheets.page import MARGIN, PAPER, TILE_GAP
from keras_bvae.pictures.sheets.page_header import PageHeader


def rows_of(*counts):
    rng = np.random.default_rng(0)
    return [
        ImageRow(
            label="orientation",
            remark="40 values",
            images=rng.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8),
            captions=tuple(f"{number:06d}" for number in range(count)),
        )
        for count in counts
    ]


def test_every_image_is_shown_untouched_and_short_rows_end_early():
    rows = rows_of(4, 2)
    header = PageHeader(title="dsprites")
    pixels = np.asarray(image_rows_picture(rows, header, scale=1).picture)
    layout = image_rows_layout(rows, MARGIN + header.height + 18, scale=1)
    assert pixels.shape == (layout.height, layout.width, 3)
    for number, row in enumerate(rows):
        for column, image in enumerate(row.images):
            x, y = layout.tile_corner(number, column)
            np.testing.assert_array_equal(pixels[y : y + 32, x : x + 32], image)
    x, y = layout.tile_corner(1, 2)
    assert (pixels[y:, x:] == PAPER).all()


def test_captions_wider_than_a_tile_keep_apart():
    layout = image_rows_layout(rows_of(3), grid_top=0, scale=1)
    # Six digits in 12-pixel type take more than 40 pixels; a word space is 4.
    assert layout.column_pitch > 40 + 4


def test_labels_end_before_the_tiles():
    rows = rows_of(3, 3)
    pixels = np.asarray(image_rows_picture(rows, PageHeader(), scale=1).picture)
    layout = image_rows_layout(rows, MARGIN + 18, scale=1)
    gap = pixels[:, MARGIN + layout.label_width : layout.grid_left]
    assert (gap == PAPER).all()


def test_without_captions_no_room_is_kept_for_them():
    rows = [
        ImageRow("", "", row.images, ("",) * len(row.captions)) for row in rows_of(3, 3)
    ]
    layout = image_rows_layout(rows, grid_top=0, scale=1)
    assert layout.row_pitch == layout.column_pitch == 32 + TILE_GAP
    assert layout.grid_left == MARGIN


def test_larger_images_are_reduced_unless_a_scale_is_asked_for():
    row = ImageRow("", "", np.full((2, 200, 200, 1), 7, np.uint8), ("a", "b"))
    page = image_rows_picture([row], PageHeader(title="title"))
    tiles = [mark for mark in page.marks if isinstance(mark, Tile)]
    # 200 pixels are three times 67, within 96.
    assert [tile.pixels.shape for tile in tiles] == [(67, 67, 3)] * 2
    assert image_rows_picture([row], PageHeader(), scale=1).width > 2 * 200
