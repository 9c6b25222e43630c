"""Rows and columns of equal tiles with a column of labels at their left."""

from dataclasses import dataclass

from keras_bvae.pictures.sheets.page import MARGIN, TILE_GAP

LABEL_GAP = 14


@dataclass(frozen=True)
class TileGrid:
    """Where tiles and their labels go on a page, in pixels.

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
