"""Rows of captioned images, as a contact sheet shows them."""

from dataclasses import dataclass, replace

import numpy as np

from keras_bvae.latents.traversal import reduced
from keras_bvae.pictures.sheets.page import (
    FAINT_INK,
    MARGIN,
    TILE_GAP,
    Page,
)
from keras_bvae.pictures.sheets.tile_grid import TileGrid
from keras_bvae.pictures.sheets.tiles import tile_scale
from keras_bvae.pictures.sheets.typeface import (
    LABEL_SIZE,
    SMALL_SIZE,
    line_height,
    text_width,
)

_LARGEST_TILE = 96
_CAPTION_GAP = 2
_WORD_GAP = 10
_ROW_GAP = 8
_HEADER_GAP = 18


@dataclass(frozen=True)
class ImageRow:
    """Images side by side with a label at their left and a caption below each.

    Where no row of a picture has a caption, none takes room for it.

    Attributes:
        label: str, may be empty.
        remark: str, smaller and below the label, may be empty.
        images: NumPy array, shape `(count, height, width, channels)`.
        captions: tuple of `count` strings.
    """

    label: str
    remark: str
    images: np.ndarray
    captions: tuple


def image_rows_picture(rows, header, scale=None):
    """Draws rows of captioned images below a header.

    Args:
        rows: list of ImageRow, at least one, their images of one shape.
        header: PageHeader.
        scale: int or None, how wide one pixel is drawn. None: as large as stays within
            96 pixels a tile.

    Returns:
        Page: `.picture` is a PIL image, `.figure()` a Matplotlib figure.
    """
    if scale is None:
        rows = [replace(row, images=reduced(row.images, _LARGEST_TILE)) for row in rows]
    layout = image_rows_layout(rows, MARGIN + header.height + _HEADER_GAP, scale)
    page = Page(header.page_width(layout.width), layout.height)
    header.draw(page, MARGIN, MARGIN, page.width - 2 * MARGIN)
    for number, row in enumerate(rows):
        _draw_row(page, row, layout, number)
    return page


def image_rows_layout(rows, grid_top, scale=None):
    """Measures labels and captions and gives each tile its place.

    Args:
        rows: list of ImageRow, at least one, their images of one shape.
        grid_top: int, the upper edge of the first row.
        scale: int or None, as for `image_rows_picture`.

    Returns:
        TileGrid.
    """
    height, width = rows[0].images.shape[1:3]
    scale = scale or tile_scale(height, width, _LARGEST_TILE)
    captions = [text_width(text, SMALL_SIZE) for row in rows for text in row.captions]
    labels = [_label_width(row) for row in rows]
    below = _CAPTION_GAP + line_height(SMALL_SIZE) if any(captions) else 0
    gap = _ROW_GAP if any(captions) else TILE_GAP
    label_height = (line_height(LABEL_SIZE) + line_height(SMALL_SIZE)) * any(labels)
    return TileGrid(
        rows=len(rows),
        columns=max(len(row.images) for row in rows),
        scale=scale,
        tile_width=scale * width,
        tile_height=scale * height,
        column_pitch=max(scale * width + TILE_GAP, max(captions) + _WORD_GAP),
        row_pitch=max(scale * height + below, label_height) + gap,
        row_gap=gap,
        label_width=max(labels),
        grid_top=grid_top,
    )


def _label_width(row):
    return max(text_width(row.label), text_width(row.remark, SMALL_SIZE))


def _draw_row(page, row, layout, number):
    y = layout.tile_corner(number, 0)[1]
    page.text(MARGIN, y, row.label)
    page.text(MARGIN, y + line_height(LABEL_SIZE), row.remark, SMALL_SIZE, FAINT_INK)
    caption_y = y + layout.tile_height + _CAPTION_GAP
    for column, (image, caption) in enumerate(
        zip(row.images, row.captions, strict=True)
    ):
        x, y = layout.tile_corner(number, column)
        page.tile(x, y, image, layout.scale)
        middle = x + layout.tile_width // 2
        page.text(middle, caption_y, caption, SMALL_SIZE, FAINT_INK, align="center")
