"""The outlines of the three dSprites shapes, and where a sprite lies in its image.

The author of the data set drew it with LÖVE (love2d.org): filled polygons, turned,
scaled and rasterised by a graphics card without antialiasing. This file redoes the
polygons; `sprite_renderer.py` redoes the card. An outline is in sprite units: the
square runs from -1 to 1. x points right, y down, as in LÖVE and in the images.

How the constants were found: the pixels just inside and just outside the sprites of
160 official frames bound each constant to a few thousandths of a pixel. The roundest
values within the bounds redraw every frame to the pixel.

Source: Matthey et al. 2017, github.com/deepmind/dsprites-dataset, issue 2 for the
engine, issue 3 for the missing antialiasing.
"""

import numpy as np

FACTOR_NAMES = ("shape", "scale", "orientation", "position_x", "position_y")
FACTOR_SIZES = (3, 6, 40, 32, 32)

IMAGE_SIZE = 64
# Pixels in one sprite unit: the largest square is 0.3 of the canvas wide, 19.2 pixels.
SPRITE_UNIT = 0.15 * IMAGE_SIZE
# The sprite's centre moves over the middle half of the canvas, so nothing is cut off.
FIRST_CENTRE, LAST_CENTRE = IMAGE_SIZE / 4, 3 * IMAGE_SIZE / 4
SMALLEST_SCALE, LARGEST_SCALE = 0.5, 1.0

# A circle of radius 1, 1.33 times wider and 1.33 times lower: its area is kept. Half
# axes of 4/3 and 3/4, at first sight the rounder guess, draw 24 pixels wrong or more.
ELLIPSE_STRETCH = 1.33
# The side length shows: with this stretch 100 and 112 vertices fit every frame, no
# other number from 8 to 600 does.
ELLIPSE_VERTICES = 100

# The heart curve is 32 wide, from -16 to 16, and as good as 29 high, from -17 to 11.92.
# Halves of these make it 2 sprite units wide and, but for a hair, 2 high.
HEART_HALF_WIDTH = 16
HEART_HALF_HEIGHT = 14.5
# Upwards, in sprite units; without it the curve's origin would lie on the centre.
HEART_LIFT = 0.15
# With the three constants above no other number from 40 to 260 fits every frame.
HEART_VERTICES = 150


def square_outline():
    """Corners of the square.

    Returns:
        float64 array, shape `(4, 2)`: x, y in sprite units.
    """
    return np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])


def ellipse_outline():
    """Vertices of the ellipse, a polygon as LÖVE draws it, the first one on the right.

    Returns:
        float64 array, shape `(100, 2)`: x, y in sprite units.
    """
    angle = _angles(ELLIPSE_VERTICES)
    x = ELLIPSE_STRETCH * np.cos(angle)
    y = np.sin(angle) / ELLIPSE_STRETCH
    return np.stack([x, y], axis=1)


def heart_outline():
    """Vertices of the heart, point down, the first one in the notch on top.

    Returns:
        float64 array, shape `(150, 2)`: x, y in sprite units.

    Source: Weisstein, mathworld.wolfram.com/HeartCurve.html, equations 6 and 7.
    """
    t = _angles(HEART_VERTICES)
    right = 16 * np.sin(t) ** 3
    up = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    x = right / HEART_HALF_WIDTH
    y = -(up / HEART_HALF_HEIGHT + HEART_LIFT)
    return np.stack([x, y], axis=1)


def _angles(count):
    return 2 * np.pi * np.arange(count) / count


# By the class of the first factor.
SHAPE_NAMES = ("square", "ellipse", "heart")
SHAPE_OUTLINES = (square_outline(), ellipse_outline(), heart_outline())


def turned_outline(shape, scale, orientation):
    """Vertices of one shape as seen from the sprite's centre, scaled and turned.

    Args:
        shape: class of the shape, an int.
        scale: classes of the scale, int array, shape `(n,)`.
        orientation: classes of the orientation, int array, shape `(n,)`.

    Returns:
        float64 arrays x and y, each of shape `(n, vertices)`, in pixels.
    """
    last_scale, last_orientation = FACTOR_SIZES[1] - 1, FACTOR_SIZES[2] - 1
    steps = np.asarray(scale) / last_scale
    pixels = SPRITE_UNIT * (SMALLEST_SCALE + (LARGEST_SCALE - SMALLEST_SCALE) * steps)
    # The last class is a full turn; the modulo makes it equal to the first to the bit.
    turn = 2 * np.pi * (np.asarray(orientation) % last_orientation) / last_orientation
    cosine, sine = (pixels * np.cos(turn))[:, None], (pixels * np.sin(turn))[:, None]
    x, y = SHAPE_OUTLINES[shape].T
    # Counterclockwise to the eye, y pointing down.
    return cosine * x + sine * y, cosine * y - sine * x


def sprite_centre(position):
    """Coordinate of the sprite's centre, the same rule along x and y.

    Args:
        position: classes of the position, int array of any shape.

    Returns:
        float64 array of the same shape, in pixels from the left or the top edge.
    """
    steps = np.asarray(position) / (FACTOR_SIZES[3] - 1)
    return FIRST_CENTRE + (LAST_CENTRE - FIRST_CENTRE) * steps
