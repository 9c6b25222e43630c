import numpy as np
import pytest

from keras_bvae.pictures.films.traversal_animation import (
    animation_layout,
    animation_scale,
    name_text,
    traversal_animation,
)
from keras_bvae.pictures.sheets.sheet import MARGIN


@pytest.mark.parametrize(("latents", "grid"), [(3, (3, 1)), (10, (5, 2)), (32, (5, 7))])
def test_cells_fill_rows_of_five(make_traversal, latents, grid):
    traversal = make_traversal(kl=[1.0] * latents, side=32)
    layout = animation_layout(traversal, header_bottom=0, scale=1)
    assert (layout.columns, layout.rows) == grid


def test_a_tile_lies_below_its_label_and_inside_the_sheet(make_traversal):
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


def test_each_frame_is_one_step_of_every_latent(make_traversal):
    traversal = make_traversal(side=32, steps=4, channels=3)
    animation = traversal_animation(traversal, title="ckpt.keras", scale=1)
    assert len(animation.frames) == 6
    height = animation.frames[0].height
    unplaced = animation_layout(traversal, 0, 1)
    layout = animation_layout(traversal, height - unplaced.height, 1)
    expected = np.round(255 * traversal.images).astype(np.uint8)
    for frame, step in zip(animation.frames, [0, 1, 2, 3, 2, 1], strict=True):
        pixels = np.asarray(frame)
        for position in range(3):
            x, y = layout.tile_corner(position)
            shown = pixels[y : y + 32, x : x + 32]
            np.testing.assert_array_equal(shown, expected[position, step])


def test_frames_share_a_size_and_last_four_seconds(make_traversal):
    animation = traversal_animation(make_traversal(steps=11))
    assert len({frame.size for frame in animation.frames}) == 1
    assert len(animation.frames) * animation.frame_milliseconds == 4000


def test_frames_are_never_too_short_for_a_browser(make_traversal):
    traversal = make_traversal(kl=(1.0,), steps=150)
    assert traversal_animation(traversal, scale=1).frame_milliseconds == 20


def test_frames_of_large_images_are_not_enormous(make_traversal):
    traversal = make_traversal(side=256)
    film = traversal_animation(traversal, image=np.zeros((256, 256, 1)))
    # The words above need 714 pixels; three tiles of 256 would need more.
    assert film.frames[0].width < 3 * 256
    assert film.frames[0].height < 128 + 256
