"""The outlines of the three dSprites shapes and where a sprite lies in its image.

Lengths are pixels of the 64x64 image; x points right, y down, the origin is the top
left corner of the image. The data set's author drew it with LÖVE (love2d.org) on a
canvas of size 1: filled polygons, rasterised by a graphics card. This file redoes the
polygons; `sprite_renderer.py` redoes the rasteriser.
"""

import numpy as np

FACTOR_NAMES = ("shape", "scale", "orientation", "position_x", "position_y")
FACTOR_SIZES = (3, 6, 40, 32, 32)
SHAPE_NAMES = ("square", "ellipse", "heart")

IMAGE_SIZE = 64
# A graphics card rounds every vertex to 8 binary places of a pixel before it fills.
SUBPIXELS = 256

SPRITE_SIZE = 0.3 * IMAGE_SIZE
ELLIPSE_HALF_AXES = (12.78, 7.222)
ELLIPSE_VERTICES = 64
HEART_VERTICES = 150


def square_outline():
    half = SPRITE_SIZE / 2
    return np.array([[-half, -half], [half, -half], [half, half], [-half, half]])


def ellipse_outline():
    angle = 2 * np.pi * np.arange(ELLIPSE_VERTICES) / ELLIPSE_VERTICES
    half_axis_x, half_axis_y = ELLIPSE_HALF_AXES
    return np.stack([half_axis_x * np.cos(angle), half_axis_y * np.sin(angle)], axis=1)


def heart_outline():
    t = 2 * np.pi * np.arange(HEART_VERTICES) / HEART_VERTICES
    x = 16 * np.sin(t) ** 3 / 32
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return SPRITE_SIZE * np.stack([x, -y / 29 - 0.075], axis=1)
