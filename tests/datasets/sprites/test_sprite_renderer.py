import re
from pathlib import Path

import numpy as np
import pytest

from keras_bvae.datasets.sprites import sprite_renderer
from keras_bvae.datasets.sprites.sprite_geometry import FACTOR_SIZES, turned_outline
from keras_bvae.datasets.sprites.sprite_renderer import (
    render,
    render_all,
    render_packed,
    renderer_version,
)

OFFICIAL = (
    Path(__file__).parents[2].parent
    / "shared"
    / "data"
    / "dsprites_official_frames.npz"
)
SQUARE, ELLIPSE, HEART = range(3)


def random_factors(count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, FACTOR_SIZES, size=(count, len(FACTOR_SIZES)))


@pytest.mark.skipif(not OFFICIAL.exists(), reason=f"{OFFICIAL} is not there")
def test_every_official_frame_is_drawn_to_the_pixel():
    with np.load(OFFICIAL) as official:
        drawn = render(official["factors"])
        wrong = (drawn != official["images"]).sum(axis=(1, 2))
    assert wrong.sum() == 0, f"wrong pixels by frame: {wrong}"


def test_largest_square_at_the_first_position_is_20_pixels_wide():
    # Its edges lie at 16 -+ 9.6: the centres 6.5 to 25.5 are inside.
    expected = np.zeros((64, 64), np.uint8)
    expected[6:26, 6:26] = 1
    np.testing.assert_array_equal(render([[SQUARE, 5, 0, 0, 0]])[0], expected)


def test_position_x_moves_right_and_position_y_moves_down():
    image = render([[HEART, 2, 5, 0, 0], [HEART, 2, 5, 31, 0], [HEART, 2, 5, 0, 31]])
    # Centres at 16 and 48: whole pixels apart.
    np.testing.assert_array_equal(image[1], np.roll(image[0], 32, axis=1))
    np.testing.assert_array_equal(image[2], np.roll(image[0], 32, axis=0))


def test_first_and_last_orientation_show_the_same_image():
    factors = random_factors(60)
    factors[:, 2] = 0
    last = factors.copy()
    last[:, 2] = 39
    np.testing.assert_array_equal(render_packed(factors), render_packed(last))


def test_turning_the_other_way_shows_the_mirrored_heart():
    factors = random_factors(200)
    factors[:, 0] = HEART
    mirrored = factors.copy()
    mirrored[:, 2] = 39 - factors[:, 2]
    mirrored[:, 3] = 31 - factors[:, 3]
    differ = render(factors)[:, :, ::-1] != render(mirrored)
    # A centre on an edge belongs to the right, and in the mirror to the left: one
    # pixel in about every 200 images.
    assert differ.sum() <= 3


def test_pixels_are_those_on_the_inner_side_of_every_edge():
    """Against the definition of a convex polygon, one pixel and edge at a time."""
    factors = random_factors(40)
    factors[:, 0] %= 2
    centres = np.arange(64) + 0.5
    for row, image in zip(factors, render(factors), strict=True):
        x, y = turned_outline(row[0], row[1:2], row[2:3])
        centre = 16 + 32 * row[3:] / 31
        x = np.round(256 * (x[0] + centre[0])) / 256
        y = np.round(256 * (y[0] + centre[1])) / 256
        run, rise = np.roll(x, -1) - x, np.roll(y, -1) - y
        side = run * (centres[:, None, None] - y) - rise * (centres[:, None] - x)
        np.testing.assert_array_equal(image, (side > 0).all(axis=-1))


@pytest.mark.parametrize("shape", [SQUARE, ELLIPSE, HEART])
def test_images_cover_as_many_pixels_as_the_outline_covers_area(shape):
    factors = random_factors(300)
    factors[:, :2] = shape, 5
    # By hand, in pixels: 19.2 squared; pi 9.6 squared; 180 pi (9.6)^2 / (16 * 14.5).
    area = 9.6**2 * np.array([4, np.pi, 180 * np.pi / (16 * 14.5)])[shape]
    # A mean of 300 counts, each off by about 3 pixels, and polygons for curves.
    np.testing.assert_allclose(render(factors).sum() / 300, area, rtol=4e-3)


def test_packed_images_are_in_the_order_of_numpy_packbits():
    factors = random_factors(30)
    packed = render_packed(factors)
    assert packed.dtype == np.uint8
    expected = np.packbits(render(factors).reshape(30, -1), axis=1)
    np.testing.assert_array_equal(packed, expected)


def test_an_image_does_not_depend_on_the_batch_it_is_drawn_in():
    factors = random_factors(700)
    together = render_packed(factors)
    alone = np.concatenate(
        [render_packed(factors[i : i + 1]) for i in range(0, 700, 7)]
    )
    np.testing.assert_array_equal(together[::7], alone)


def test_whole_set_holds_the_images_on_demand_in_the_official_order(monkeypatch):
    sizes = (3, 1, 2, 32, 32)
    monkeypatch.setattr(sprite_renderer, "FACTOR_SIZES", sizes)
    seen = []
    packed = render_all(progress=lambda done, total: seen.append((done, total)))
    factors = np.stack(np.unravel_index(np.arange(6 * 1024), sizes), axis=1)
    np.testing.assert_array_equal(packed, render_packed(factors))
    assert seen == [(1024 * count, 6144) for count in range(1, 7)]


def test_a_centre_on_an_edge_belongs_to_the_right_and_below():
    # A square from the centre of pixel (2, 2) to the centre of pixel (5, 5).
    x = 256 * np.array([[2.5, 5.5, 5.5, 2.5]])
    y = 256 * np.array([[2.5, 2.5, 5.5, 5.5]])
    words = sprite_renderer._fill(x[None], y)
    image = np.unpackbits(sprite_renderer._as_bytes(words)).reshape(64, 64)
    expected = np.zeros((64, 64), np.uint8)
    expected[2:5, 2:5] = 1
    np.testing.assert_array_equal(image, expected)


def test_no_factors_give_no_images():
    assert render(np.zeros((0, 5), int)).shape == (0, 64, 64)


def test_a_class_that_does_not_exist_is_named():
    received = "`orientation` must be a class between 0 and 39; received 40 in row 1"
    with pytest.raises(ValueError, match=re.escape(received)):
        render_packed([[0, 0, 0, 0, 0], [0, 0, 40, 0, 0]])


def test_version_changes_with_an_outline(monkeypatch):
    before = renderer_version()
    assert re.fullmatch("[0-9a-f]{16}", before)
    assert renderer_version() == before
    square, ellipse, heart = sprite_renderer.SHAPE_OUTLINES
    moved = (square * 1.001, ellipse, heart)
    monkeypatch.setattr(sprite_renderer, "SHAPE_OUTLINES", moved)
    assert renderer_version() != before
