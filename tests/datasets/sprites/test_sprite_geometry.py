import numpy as np
import pytest

from keras_bvae.datasets.sprites.sprite_geometry import (
    FACTOR_SIZES,
    SHAPE_NAMES,
    SHAPE_OUTLINES,
    ellipse_outline,
    heart_outline,
    sprite_centre,
    square_outline,
    turned_outline,
)

SQUARE, ELLIPSE, HEART = range(3)


def polygon_area(outline):
    x, y = outline.T
    return 0.5 * abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def test_square_covers_four_square_units():
    assert polygon_area(square_outline()) == 4


def test_ellipse_covers_what_a_polygon_of_100_corners_in_the_unit_circle_covers():
    # The stretch keeps the area; 100 triangles of area sin(3.6 degrees) / 2.
    np.testing.assert_allclose(
        polygon_area(ellipse_outline()), 50 * np.sin(np.deg2rad(3.6)), rtol=1e-12
    )


def test_ellipse_reaches_its_half_axes():
    np.testing.assert_allclose(np.abs(ellipse_outline()).max(axis=0), [1.33, 1 / 1.33])


def test_heart_covers_the_area_under_its_curve():
    # The curve encloses 180 pi before scaling; chords of 1/150 turn lose a little.
    np.testing.assert_allclose(
        polygon_area(heart_outline()), 180 * np.pi / (16 * 14.5), rtol=2e-3
    )


def test_heart_has_its_notch_on_top_and_its_point_below():
    heart = heart_outline()
    # At t = 0 the curve is at y = 13 - 5 - 2 - 1, at t = pi at y = -13 - 5 + 2 - 1.
    np.testing.assert_allclose(heart[0], [0, -(5 / 14.5 + 0.15)], atol=1e-12)
    np.testing.assert_allclose(heart[75], [0, 17 / 14.5 - 0.15], atol=1e-12)
    assert heart[75, 1] == heart[:, 1].max()


def test_heart_is_its_own_mirror_image():
    heart = heart_outline()
    np.testing.assert_allclose(heart[1:][::-1] * [-1, 1], heart[1:], atol=1e-12)


def test_largest_square_is_19_pixels_and_a_fifth_wide():
    x, y = turned_outline(SQUARE, [5], [0])
    np.testing.assert_allclose(np.ptp(x), 19.2)
    np.testing.assert_allclose(np.ptp(y), 19.2)


def test_scales_run_from_a_half_to_one_in_even_steps():
    x, _ = turned_outline(SQUARE, np.arange(6), np.zeros(6, int))
    np.testing.assert_allclose(np.ptp(x, axis=1) / 19.2, [0.5, 0.6, 0.7, 0.8, 0.9, 1.0])


def test_orientation_turns_counterclockwise_by_a_39th_of_a_circle():
    x, y = turned_outline(ELLIPSE, [5], [1])
    # The first vertex starts on the right; y points down, so up is negative.
    np.testing.assert_allclose(np.arctan2(-y[0, 0], x[0, 0]), 2 * np.pi / 39)


@pytest.mark.parametrize("shape", range(3), ids=SHAPE_NAMES)
def test_first_and_last_orientation_are_equal_to_the_bit(shape):
    first, last = turned_outline(shape, [3], [0]), turned_outline(shape, [3], [39])
    np.testing.assert_array_equal(first, last)


def test_centres_run_over_the_middle_half_of_the_image():
    centres = sprite_centre(np.arange(32))
    np.testing.assert_allclose(centres, np.linspace(16, 48, 32))


@pytest.mark.parametrize("shape", range(3), ids=SHAPE_NAMES)
def test_no_sprite_is_cut_off_at_the_border(shape):
    # The outermost centre lies 16 pixels from the border.
    orientations = np.arange(FACTOR_SIZES[2])
    x, y = turned_outline(shape, np.full_like(orientations, 5), orientations)
    assert np.hypot(x, y).max() < 16


def test_outlines_are_listed_by_class():
    assert [len(outline) for outline in SHAPE_OUTLINES] == [4, 100, 150]
