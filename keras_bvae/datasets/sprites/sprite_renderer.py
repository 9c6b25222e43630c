"""Draws dSprites images from their factors as a graphics card does.

A card rounds each vertex to a grid of 1/256 pixel, then fills the pixels whose centre
lies inside the polygon of rounded vertices. The grid shows in the official frames: with
exact vertices, or a grid of 1/128 or 1/512 pixel, some of their pixels come out wrong.
A centre on the edge itself belongs to what lies to the right of or below the edge, as
graphics cards have it; in the frames at hand no centre lies on an edge.

One image row is one 64-bit word, its highest bit the leftmost pixel. An edge that
crosses the row's centre line flips all pixels to its right; all crossings of a row
combined by exclusive or are the filled row, for any polygon.
"""

import hashlib

import numpy as np

from keras_bvae.datasets.factors import as_classes
from keras_bvae.datasets.sprites.sprite_geometry import (
    FACTOR_NAMES,
    FACTOR_SIZES,
    IMAGE_SIZE,
    SHAPE_OUTLINES,
    sprite_centre,
    turned_outline,
)

PACKED_BYTES = IMAGE_SIZE * IMAGE_SIZE // 8
# Direct3D asks for 8 binary places of a pixel, and cards keep to them under OpenGL too.
SUBPIXELS = 256
# Images drawn in one go: enough to keep NumPy busy, and the crossings fit the cache.
IMAGES_AT_ONCE = 256
# RIGHT_OF[column]: the word with that column and all columns to the right of it set.
RIGHT_OF = np.array(
    [2 ** (IMAGE_SIZE - column) - 1 for column in range(IMAGE_SIZE + 1)], np.uint64
)


def renderer_version():
    """Sixteen hexadecimal digits that change when the drawn images can change.

    Covers the outlines to 1e-9 sprite units, below which machines differ, and the
    grid. Raise the number in `rule` when the way of placing or filling changes.
    """
    rule = f"rule 1, grid {SUBPIXELS}, factors {FACTOR_SIZES}"
    digest = hashlib.sha256(rule.encode())
    for outline in SHAPE_OUTLINES:
        digest.update(np.rint(outline * 1e9).astype("<i8").tobytes())
    digest.update(np.rint(sprite_centre(np.arange(32)) * 1e9).astype("<i8").tobytes())
    return digest.hexdigest()[:16]


def render(factors):
    """Draws the images that belong to rows of factors.

    Args:
        factors: int array, shape `(n, 5)`: a class index for each of `FACTOR_NAMES`.

    Returns:
        uint8 array, shape `(n, 64, 64)`, 0 or 1, row 0 at the top.

    Raises:
        ValueError: `factors` has another shape, or a class does not exist.
    """
    bits = np.unpackbits(render_packed(factors), axis=1)
    return bits.reshape(-1, IMAGE_SIZE, IMAGE_SIZE)


def render_packed(factors):
    """Draws images as bits, eight pixels a byte, in the order of `numpy.packbits`.

    Args:
        factors: int array, shape `(n, 5)`: a class index for each of `FACTOR_NAMES`.

    Returns:
        uint8 array, shape `(n, 512)`.

    Raises:
        ValueError: `factors` has another shape, or a class does not exist.
    """
    factors = as_classes(factors, FACTOR_NAMES, FACTOR_SIZES)
    packed = np.empty((len(factors), PACKED_BYTES), np.uint8)
    for shape in range(len(SHAPE_OUTLINES)):
        of_shape = np.flatnonzero(factors[:, 0] == shape)
        for first in range(0, len(of_shape), IMAGES_AT_ONCE):
            images = of_shape[first : first + IMAGES_AT_ONCE]
            _, scale, orientation, position_x, position_y = factors[images].T
            x, y = turned_outline(shape, scale, orientation)
            x, y = _on_grid(x, position_x), _on_grid(y, position_y)
            packed[images] = _as_bytes(_fill(x[None], y))
    return packed


def render_all(progress=None):
    """Draws the whole data set in its official order, in a few seconds.

    Args:
        progress: None, or a function that is called with the number of images drawn so
            far and the number of all images.

    Returns:
        uint8 array, shape `(737280, 512)`: `render_packed` of every combination, the
        last factor fastest. 377 MB.
    """
    shapes, scales, orientations, count_x, count_y = FACTOR_SIZES
    sprites = shapes * scales * orientations
    packed = np.empty((sprites, count_x * count_y, PACKED_BYTES), np.uint8)
    for sprite, factors in enumerate(np.ndindex(shapes, scales, orientations)):
        packed[sprite] = _at_every_position(*factors)
        if progress is not None:
            progress((sprite + 1) * count_x * count_y, sprites * count_x * count_y)
    return packed.reshape(-1, PACKED_BYTES)


def _at_every_position(shape, scale, orientation):
    count_x, count_y = FACTOR_SIZES[3:]
    x, y = turned_outline(shape, np.array([scale]), np.array([orientation]))
    x, y = _on_grid(x, np.arange(count_x)), _on_grid(y, np.arange(count_y))
    # All placements along x share the rows that the placements along y cross.
    return _as_bytes(_fill(np.repeat(x[:, None], count_y, axis=1), y))


def _on_grid(offsets, position):
    """Vertices of sprites at their positions, rounded as the card rounds them.

    Args:
        offsets: float array, shape `(n or 1, vertices)`, in pixels from the centre.
        position: int array, shape `(n,)`.

    Returns:
        float64 array of whole numbers, shape `(n, vertices)`, in 1/256 pixel.
    """
    return np.floor((sprite_centre(position)[:, None] + offsets) * SUBPIXELS + 0.5)


def _fill(x, y):
    """Rows of polygons that lie within the image, as words.

    Args:
        x: float array of whole numbers, shape `(placements, n, vertices)`: every
            polygon at one or more places along x.
        y: float array of whole numbers, shape `(n, vertices)`, shared by those places.

    Returns:
        uint64 array, shape `(placements, n, 64)`.
    """
    image, row, start = _crossings(y)
    end = (start + 1) % y.shape[1]
    rise = y[image, end] - y[image, start]
    # All are whole numbers: where the quotient is none, it misses one by 1/rise, which
    # is far more than float64 rounds away, so no pixel's side depends on rounding.
    reach = (row + 0.5) * SUBPIXELS - y[image, start]
    start_x = x[:, image, start]
    run = x[:, image, end] - start_x
    column = np.ceil((start_x + reach * run / rise) / SUBPIXELS - 0.5)
    flipped = RIGHT_OF[column.astype(np.intp)]
    line = image * IMAGE_SIZE + row
    first_of_line = np.flatnonzero(np.diff(line, prepend=-1))
    words = np.zeros((len(x), len(y) * IMAGE_SIZE), np.uint64)
    words[:, line[first_of_line]] = np.bitwise_xor.reduceat(
        flipped, first_of_line, axis=1
    )
    return words.reshape(len(x), len(y), IMAGE_SIZE)


def _crossings(y):
    """Where edges cross the centre lines of pixel rows, ordered by image and row.

    Args:
        y: float array of whole numbers, shape `(n, vertices)`, in 1/256 pixel.

    Returns:
        Three int arrays of one length: the image, the row, and the vertex from which
        the edge goes to the next vertex.
    """
    # An edge crosses a centre line that its upper end touches; its lower end's it
    # leaves to the next edge, so a vertex on a line is counted once.
    row_below = np.ceil(y / SUBPIXELS - 0.5).astype(np.intp)
    next_below = np.roll(row_below, -1, axis=1)
    count = np.abs(next_below - row_below).ravel()
    edge = np.repeat(np.arange(count.size), count)
    within_edge = np.arange(edge.size) - np.repeat(np.cumsum(count) - count, count)
    row = np.minimum(row_below, next_below).ravel()[edge] + within_edge
    image, start = np.divmod(edge, y.shape[1])
    order = np.argsort(image * IMAGE_SIZE + row, kind="stable")
    return image[order], row[order], start[order]


def _as_bytes(words):
    return words.astype(">u8").view(np.uint8).reshape(-1, PACKED_BYTES)
