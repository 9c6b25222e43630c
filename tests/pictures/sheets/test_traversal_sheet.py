import numpy as np
import pytest

from keras_bvae.latents.sweeps import quantile_sweep
from keras_bvae.pictures.colors import ACCENT, INK, PAPER
from keras_bvae.pictures.films.traversal_animation import traversal_animation
from keras_bvae.pictures.sheets.sheet import MARGIN, TILE_GAP
from keras_bvae.pictures.sheets.traversal_sheet import (
    traversal_layout,
    traversal_sheet,
)


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


def drawn(traversal, scale=None, **texts):
    """The sheet as an array, and its layout seen from the bottom up."""
    pixels = np.asarray(traversal_sheet(traversal, scale=scale, **texts).picture)
    layout = traversal_layout(traversal, 0, scale)
    header_bottom = pixels.shape[0] - layout.height
    return pixels, traversal_layout(traversal, header_bottom, scale)


def tile(pixels, layout, row, step):
    x, y = layout.tile_corner(row, step)
    return pixels[y : y + layout.tile_height, x : x + layout.tile_width]


def middle_of(layout, step):
    return layout.tile_corner(0, step)[0] + layout.tile_width // 2


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("side", "scale"), [(32, 3), (64, 1), (128, 1), (8, 2)])
def test_every_tile_shows_its_decoded_image_untouched(
    make_traversal, side, scale, channels
):
    traversal = make_traversal(side=side, channels=channels)
    pixels, layout = drawn(traversal, scale=scale, title="ckpt.keras")
    bytes_ = np.round(255 * traversal.images).astype(np.uint8)
    expected = bytes_.repeat(scale, axis=2).repeat(scale, axis=3)
    expected = np.broadcast_to(expected, (*expected.shape[:-1], 3))
    for row in range(3):
        for step in range(5):
            shown = tile(pixels, layout, row, step)
            np.testing.assert_array_equal(shown, expected[row, step])


@pytest.mark.parametrize("side", [8, 32, 64])
def test_labels_keep_clear_of_tiles_and_of_each_other(make_traversal, side):
    sweep = quantile_sweep(np.random.default_rng(0).normal(size=(50, 3)), steps=5)
    traversal = make_traversal(side=side, sweep=sweep)
    pixels, layout = drawn(traversal, scale=1)
    inked = (pixels != PAPER).any(axis=-1)
    labels_end = MARGIN + layout.label_width
    # From the labels' right edge to the frame of the first tile: nothing but paper.
    assert not inked[layout.grid_top :, labels_end : layout.grid_left - 2].any()
    assert inked[layout.grid_top :, MARGIN:labels_end].any()
    for row in range(1, layout.rows):
        between = layout.tile_corner(row, 0)[1] - 4
        assert not inked[between : between + 3, :labels_end].any()


def test_nothing_is_drawn_in_the_margins(make_traversal):
    pixels, _ = drawn(make_traversal(), title="word " * 100, subtitle="word " * 100)
    border = np.ones(pixels.shape[:2], bool)
    border[MARGIN - 2 : 2 - MARGIN, MARGIN - 2 : 2 - MARGIN] = False
    np.testing.assert_array_equal(
        pixels[border], np.broadcast_to(PAPER, (border.sum(), 3))
    )


def test_the_anchors_step_is_framed_in_active_rows_only(make_traversal):
    # The anchor is 0, the middle of five steps; rows 0 and 1 are alive, row 2 is dead.
    pixels, layout = drawn(make_traversal(side=64))
    framed = {
        (row, step)
        for row in range(3)
        for step in range(5)
        if tuple(pixels[layout.tile_corner(row, step)[1] - 1, middle_of(layout, step)])
        == ACCENT
    }
    assert framed == {(0, 2), (1, 2)}


def test_a_dead_latents_label_is_grey(make_traversal):
    pixels, layout = drawn(make_traversal(side=64))
    labels = pixels[:, MARGIN : MARGIN + layout.label_width]
    full_ink = (labels == INK).all(axis=-1)
    tops = [layout.tile_corner(row, 0)[1] for row in range(3)]
    assert [full_ink[top : top + 64].any() for top in tops] == [True, True, False]


def test_the_size_is_header_and_grid(make_traversal):
    traversal = make_traversal(side=64, steps=11)
    image = np.zeros((64, 64, 1), np.uint8)
    picture = traversal_sheet(traversal, title="a", subtitle="b", image=image)
    # A title line of 24 and 5 pixels, three lines of 19, then 18 of paper: more than
    # the tile's 64 with 3 and 16 for its caption.
    layout = traversal_layout(traversal, MARGIN + 24 + 5 + 3 * 19 + 18)
    assert (picture.width, picture.height) == (layout.width, layout.height)


def test_the_image_is_shown_beside_its_decoding(make_traversal):
    traversal = make_traversal(side=64)
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    pixels, _ = drawn(traversal, image=image)
    shown = pixels[MARGIN : MARGIN + 64, MARGIN : MARGIN + 64]
    np.testing.assert_array_equal(shown, image)


def test_a_sheet_of_large_images_is_not_enormous(make_traversal):
    traversal = make_traversal(side=256)
    sheet = traversal_sheet(traversal, image=np.zeros((256, 256, 1)))
    assert sheet.width < 5 * 96 + 300
    assert sheet.height < 3 * 96 + 300
    whole = traversal_sheet(traversal, image=np.zeros((256, 256, 1)), scale=1)
    assert whole.width > 5 * 256


@pytest.mark.parametrize("scale", [0, 1.5])
def test_a_scale_is_a_whole_number(make_traversal, scale):
    for draw in (traversal_sheet, traversal_animation):
        with pytest.raises(
            ValueError, match=f"number >= 1, or None; received scale={scale}"
        ):
            draw(make_traversal(), scale=scale)
