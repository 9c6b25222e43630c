import pytest

from keras_bvae.pictures.films.animation_layout import (
    animation_layout,
    animation_scale,
    name_text,
)
from keras_bvae.pictures.sheets.page import MARGIN


@pytest.mark.parametrize(("latents", "grid"), [(3, (3, 1)), (10, (5, 2)), (32, (5, 7))])
def test_cells_fill_rows_of_five(make_traversal, latents, grid):
    traversal = make_traversal(kl=[1.0] * latents, side=32)
    layout = animation_layout(traversal, header_bottom=0, scale=1)
    assert (layout.columns, layout.rows) == grid


def test_a_tile_lies_below_its_label_and_inside_the_page(make_traversal):
    traversal = make_traversal(kl=[1.0] * 7, side=64)
    layout = animation_layout(traversal, header_bottom=90, scale=2)
    for position in range(7):
        label_x, label_y = layout.label_corner(position)
        x, y = layout.tile_corner(position)
        # A 14-pixel label takes a line of 19.
        assert y >= label_y + 19
        assert x >= label_x >= MARGIN
        assert x + 128 <= layout.width - MARGIN
        assert y + 128 <= layout.height - MARGIN
    assert layout.label_corner(0)[1] > layout.bar_top + layout.bar_height > 90


def test_a_tile_is_enlarged_up_to_128_pixels(make_traversal):
    assert animation_scale(make_traversal(side=64)) == 2
    assert animation_scale(make_traversal(side=28)) == 4


def test_a_dead_latent_says_so(make_traversal):
    traversal = make_traversal(kl=(0.0, 1.0))
    assert [name_text(traversal, row) for row in range(2)] == ["z1", "z0 dead"]
