import io
import warnings

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keras_bvae.pictures.colors import PAPER
from keras_bvae.pictures.sheets.image_rows import (
    LABEL_GAP,
    ImageRow,
    TileGrid,
    image_grid,
    image_rows_layout,
    image_rows_sheet,
)
from keras_bvae.pictures.sheets.marks import Tile
from keras_bvae.pictures.sheets.sheet import MARGIN, TILE_GAP, SheetHeader


def grid():
    return TileGrid(
        rows=2,
        columns=3,
        scale=1,
        tile_width=64,
        tile_height=64,
        column_pitch=80 + TILE_GAP,
        row_pitch=70,
        row_gap=6,
        label_width=50,
        grid_top=100,
    )


def test_tiles_stand_in_the_middle_of_their_columns():
    left = MARGIN + 50 + LABEL_GAP
    # By hand: 80 wide columns hold 64 wide tiles, so 8 pixels stay free on each side.
    assert grid().tile_corner(0, 0) == (left + 8, 100)
    assert grid().tile_corner(1, 2) == (left + 8 + 2 * (80 + TILE_GAP), 170)


def test_the_last_column_and_row_end_at_the_margin():
    right = grid().tile_corner(1, 2)[0] + 64 + 8
    assert grid().width == right + MARGIN
    assert grid().height == 170 + 64 + MARGIN


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
    header = SheetHeader(title="dsprites")
    pixels = np.asarray(image_rows_sheet(rows, header, scale=1).picture)
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
    pixels = np.asarray(image_rows_sheet(rows, SheetHeader(), scale=1).picture)
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
    sheet = image_rows_sheet([row], SheetHeader(title="title"))
    tiles = [mark for mark in sheet.marks if isinstance(mark, Tile)]
    # 200 pixels are three times 67, within 96.
    assert [tile.pixels.shape for tile in tiles] == [(67, 67, 3)] * 2
    assert image_rows_sheet([row], SheetHeader(), scale=1).width > 2 * 200


def test_images_fill_rows_in_their_order():
    images = np.arange(7, dtype=np.uint8).reshape(7, 1, 1, 1)
    images = np.broadcast_to(images, (7, 32, 32, 3))
    sheet = image_grid(images, columns=3, scale=1)
    tiles = [mark for mark in sheet.marks if isinstance(mark, Tile)]
    assert [tile.pixels[0, 0, 0] for tile in tiles] == list(range(7))
    pitch = 32 + TILE_GAP
    lefts = [MARGIN + pitch * (number % 3) for number in range(7)]
    assert [tile.x for tile in tiles] == lefts
    assert [tile.y - tiles[0].y for tile in tiles] == [0] * 3 + [pitch] * 3 + [
        2 * pitch
    ]


def test_the_sheet_ends_at_its_margins():
    sheet = image_grid(np.zeros((4, 32, 32, 1)), columns=2, scale=2)
    # Two tiles of 64 and 5 pixels between them; 18 of paper below an empty header.
    assert sheet.width == 64 + 5 + 64 + 2 * MARGIN
    assert sheet.height == MARGIN + 18 + 64 + 5 + 64 + MARGIN


def test_title_and_lines_stand_above():
    sheet = image_grid(np.zeros((1, 8, 8, 1)), "a title", ("a line",))
    texts = [mark.text for mark in sheet.marks if hasattr(mark, "text") and mark.text]
    assert texts == ["a title", "a line"]


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"columns": 0}, "`columns` must be a whole number >= 1; received columns=0"),
        ({"scale": 1.5}, "`scale` must be a whole number >= 1, or None; received"),
    ],
)
def test_numbers_out_of_range_are_refused(choices, said):
    with pytest.raises(ValueError, match=said):
        image_grid(np.zeros((2, 8, 8, 1)), **choices)


def test_no_image_is_refused():
    with pytest.raises(ValueError, match="at least one image to draw; received none"):
        image_grid(np.zeros((0, 8, 8, 1)))


@settings(max_examples=4, derandomize=True, deadline=None, database=None)
@given(st.text(max_size=30))
@example("$x_{1^$ caf\udce9 \x1b[2J\n日")
@example("a" * 2_000_000)
def test_any_text_can_be_label_caption_and_title(text):
    row = rows_of(1)[0]
    row = ImageRow(text, text, row.images, (text,))
    sheet = image_rows_sheet([row], SheetHeader(title=text, lines=(text, text)))
    assert sheet.width < 2000
    assert sheet.picture.size == (sheet.width, sheet.height)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sheet.figure().savefig(io.BytesIO(), format="svg")
