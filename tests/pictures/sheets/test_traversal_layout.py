import numpy as np
import pytest

from keras_bvae.latents.sweeps import quantile_sweep
from keras_bvae.pictures.sheets.page import MARGIN, TILE_GAP
from keras_bvae.pictures.sheets.traversal_layout import traversal_layout


@pytest.mark.parametrize(("side", "tile"), [(32, 96), (64, 64), (128, 128)])
def test_tiles_are_enlarged_by_whole_numbers(make_traversal, side, tile):
    layout = traversal_layout(make_traversal(side=side), header_bottom=100)
    assert (layout.tile_width, layout.tile_height) == (tile, tile)


def test_tiles_lie_on_a_grid_with_thin_gaps(make_traversal):
    layout = traversal_layout(make_traversal(side=64), header_bottom=100)
    left, top = layout.tile_corner(0, 0)
    assert layout.tile_corner(2, 4) == (
        left + 4 * (64 + TILE_GAP),
        top + 2 * (64 + TILE_GAP),
    )
    right, bottom = np.add(layout.tile_corner(2, 4), 64)
    assert (layout.width, layout.height) == (right + MARGIN, bottom + MARGIN)


def test_headings_lie_between_header_and_tiles(make_traversal):
    layout = traversal_layout(make_traversal(), header_bottom=100)
    assert 100 <= layout.heading_top < layout.grid_top


def test_a_small_tile_gets_the_room_that_its_texts_need(make_traversal):
    sweep = quantile_sweep(np.random.default_rng(0).normal(size=(50, 3)), steps=5)
    traversal = make_traversal(side=8, sweep=sweep)
    layout = traversal_layout(traversal, header_bottom=0, scale=1)
    assert layout.tile_width == 8
    # "97.5%" in 12-pixel type takes more than 25 pixels, three lines more than 40.
    assert layout.column_pitch > 25
    assert layout.row_pitch > 40


def test_labels_stand_in_the_middle_of_their_rows(make_traversal):
    layout = traversal_layout(make_traversal(side=64), header_bottom=0)
    # Row 0 is alive and has one line of 19 pixels, row 2 is dead and has 16 more.
    assert layout.label_top(0) - layout.tile_corner(0, 0)[1] == (64 - 19) // 2
    assert layout.label_top(2) - layout.tile_corner(2, 0)[1] == (64 - 35) // 2
