"""Images in rows: labels at their left, captions below."""

from dataclasses import dataclass, replace

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.latents.traversal import reduced
from keras_bvae.pictures.colors import FAINT_INK
from keras_bvae.pictures.sheets.marks import require_scale, tile_scale
from keras_bvae.pictures.sheets.sheet import (
    MARGIN,
    TILE_GAP,
    WIDEST_FOR_TEXT,
    Sheet,
    SheetHeader,
)
from keras_bvae.pictures.sheets.typeface import (
    LABEL_SIZE,
    SMALL_SIZE,
    line_height,
    shortened,
    text_width,
)
from keras_bvae.rules import require_whole

LABEL_GAP = 14
_LARGEST_TILE = 96
_CAPTION_GAP = 2
_WORD_GAP = 10
_ROW_GAP = 8
_HEADER_GAP = 18


def image_grid(images, title="", lines=(), columns=8, scale=None):
    """Draws images in rows, in the order in which they come.

    Args:
        images: NumPy array, shape `(count, height, width, channels)`, uint8 or float in
            [0, 1]; at least one.
        title: str, may be empty.
        lines: tuple of str, what the images are.
        columns: int, the most images in a row.
        scale: int or None, how wide one pixel is drawn. None: as large as stays within
            96 pixels a tile.

    Returns:
        Sheet.

    Raises:
        ValueError: no image, or `columns` or `scale` below 1.
    """
    require_whole("columns", columns, 1, advice="Use 8.")
    rows = []
    for start in range(0, len(images), columns):
        chosen = images[start : start + columns]
        captions = ("",) * len(chosen)
        rows.append(ImageRow(label="", remark="", images=chosen, captions=captions))
    return image_rows_sheet(rows, SheetHeader(title=title, lines=tuple(lines)), scale)


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


def image_rows_sheet(rows, header, scale=None):
    """Draws rows of captioned images below a header.

    Args:
        rows: list of ImageRow, at least one, their images of one shape.
        header: SheetHeader.
        scale: int or None, how wide one pixel is drawn. None: as large as stays within
            96 pixels a tile.

    Returns:
        Sheet.

    Raises:
        ValueError: no row, or `scale` below 1.
    """
    if not rows:
        raise InvalidValue(
            "There must be at least one image to draw; received none. Pass an array "
            "(count, height, width, channels)."
        )
    require_scale(scale)
    rows = [_of_bounded_width(row) for row in rows]
    if scale is None:
        rows = [replace(row, images=reduced(row.images, _LARGEST_TILE)) for row in rows]
    layout = image_rows_layout(rows, MARGIN + header.height + _HEADER_GAP, scale)
    sheet = Sheet(header.sheet_width(layout.width), layout.height)
    header.draw(sheet, MARGIN, MARGIN, sheet.width - 2 * MARGIN)
    for number, row in enumerate(rows):
        _draw_row(sheet, row, layout, number)
    return sheet


@dataclass(frozen=True)
class TileGrid:
    """Where tiles and their labels go on a sheet, in pixels.

    Attributes:
        rows, columns: ints, tiles down and across.
        scale: int, how wide one pixel of an image is drawn.
        tile_width, tile_height: ints.
        column_pitch, row_pitch: ints, from one tile's corner to the next.
        row_gap: int, the part of `row_pitch` that stays empty.
        label_width: int, the column of labels that starts at the left margin; 0 where
            there are none.
        grid_top: int, the upper edge of the first row.
    """

    rows: int
    columns: int
    scale: int
    tile_width: int
    tile_height: int
    column_pitch: int
    row_pitch: int
    row_gap: int
    label_width: int
    grid_top: int

    @property
    def grid_left(self):
        return MARGIN + self.label_width + (LABEL_GAP if self.label_width else 0)

    @property
    def width(self):
        return self.grid_left + self.column_pitch * self.columns - TILE_GAP + MARGIN

    @property
    def height(self):
        return self.grid_top + self.row_pitch * self.rows - self.row_gap + MARGIN

    def tile_corner(self, row, column):
        """Left and upper edge of a tile, which sits in the middle of its column."""
        beside = (self.column_pitch - TILE_GAP - self.tile_width) // 2
        return (
            self.grid_left + self.column_pitch * column + beside,
            self.grid_top + self.row_pitch * row,
        )


def image_rows_layout(rows, grid_top, scale=None):
    """Measures labels and captions and gives each tile its place.

    Args:
        rows: list of ImageRow, at least one, their images of one shape.
        grid_top: int, the upper edge of the first row.
        scale: int or None, as for `image_rows_sheet`.

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


def _of_bounded_width(row):
    """The row with texts that a sheet has room for, whoever wrote them."""
    return replace(
        row,
        label=shortened(row.label, WIDEST_FOR_TEXT),
        remark=shortened(row.remark, WIDEST_FOR_TEXT, SMALL_SIZE),
        captions=tuple(
            shortened(text, WIDEST_FOR_TEXT, SMALL_SIZE) for text in row.captions
        ),
    )


def _label_width(row):
    return max(text_width(row.label), text_width(row.remark, SMALL_SIZE))


def _draw_row(sheet, row, layout, number):
    y = layout.tile_corner(number, 0)[1]
    sheet.text(MARGIN, y, row.label)
    sheet.text(MARGIN, y + line_height(LABEL_SIZE), row.remark, SMALL_SIZE, FAINT_INK)
    caption_y = y + layout.tile_height + _CAPTION_GAP
    for column, (image, caption) in enumerate(
        zip(row.images, row.captions, strict=True)
    ):
        x, y = layout.tile_corner(number, column)
        sheet.tile(x, y, image, layout.scale)
        middle = x + layout.tile_width // 2
        sheet.text(middle, caption_y, caption, SMALL_SIZE, FAINT_INK, align="center")
