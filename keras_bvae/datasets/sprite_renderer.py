"""Renders dSprites images from their factors, 64 pixels of a row in one word."""

import numpy as np

from keras_bvae.datasets.sprite_geometry import (
    FACTOR_NAMES,
    FACTOR_SIZES,
    IMAGE_SIZE,
    SUBPIXELS,
    ellipse_outline,
    heart_outline,
    square_outline,
)

OUTLINES = (square_outline(), ellipse_outline(), heart_outline())
RIGHT_OF = np.array([(1 << (IMAGE_SIZE - c)) - 1 for c in range(IMAGE_SIZE + 1)], np.uint64)
ROW_CENTRES = SUBPIXELS * (np.arange(IMAGE_SIZE) + 0.5)
PACKED_SIZE = 512


def turned(shape, scale, orientation):
    angle = -2 * np.pi * (np.asarray(orientation) % 39) / 39
    size = 0.5 + 0.1 * np.asarray(scale)
    c, s = np.cos(angle)[..., None] * size[..., None], np.sin(angle)[..., None] * size[..., None]
    x, y = OUTLINES[shape].T
    return c * x - s * y, s * x + c * y


def snapped(offsets, position):
    centre = 16 + 32 * np.asarray(position)[..., None] / 31
    return np.floor(SUBPIXELS * (centre + offsets) + 0.5)


def fill(x, y):
    next_y = np.roll(y, -1, axis=-1)
    next_x = np.roll(x, -1, axis=-1)
    centres = ROW_CENTRES[:, None]
    crosses = (y[:, None] <= centres) != (next_y[:, None] <= centres)
    image, row, edge = np.nonzero(crosses)
    y0, x0 = y[image, edge], x[:, image, edge]
    along = (ROW_CENTRES[row] - y0) / 1.0
    rise = next_y[image, edge] - y0
    numerator = (x0 - SUBPIXELS / 2) * rise + along * (next_x[:, image, edge] - x0)
    column = np.ceil(numerator / (SUBPIXELS * rise)).astype(np.int64)
    line = image * IMAGE_SIZE + row
    starts = np.flatnonzero(np.diff(line, prepend=-1))
    words = np.zeros((x.shape[0], y.shape[0] * IMAGE_SIZE), np.uint64)
    words[:, line[starts]] = np.bitwise_xor.reduceat(RIGHT_OF[column], starts, axis=1)
    return words


def as_bytes(words):
    return words.astype(">u8").view(np.uint8).reshape(-1, PACKED_SIZE)


def render_packed(factors):
    factors = np.asarray(factors)
    packed = np.empty((len(factors), PACKED_SIZE), np.uint8)
    for shape in range(3):
        for rows in np.array_split(np.flatnonzero(factors[:, 0] == shape), 1 + len(factors) // 256):
            if len(rows):
                _, scale, orientation, px, py = factors[rows].T
                x, y = turned(shape, scale, orientation)
                packed[rows] = as_bytes(fill(snapped(x, px)[None], snapped(y, py)))
    return packed


def render(factors):
    return np.unpackbits(render_packed(factors), axis=1).reshape(-1, IMAGE_SIZE, IMAGE_SIZE)


def render_all(progress=None):
    positions = np.arange(32)
    packed = np.empty((3 * 6 * 40, 1024, PACKED_SIZE), np.uint8)
    for done, (shape, scale, orientation) in enumerate(np.ndindex(3, 6, 40)):
        x, y = turned(shape, scale, orientation)
        x = np.broadcast_to(snapped(x, positions)[:, None], (32, 32, x.shape[-1]))
        packed[done] = as_bytes(fill(x, snapped(y, positions)))
        if progress is not None:
            progress((done + 1) * 1024, packed.shape[0] * 1024)
    return packed.reshape(-1, PACKED_SIZE)
