from keras_bvae.pictures.sheets.page import MARGIN, TILE_GAP
from keras_bvae.pictures.sheets.tile_grid import LABEL_GAP, TileGrid


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
