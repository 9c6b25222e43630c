"""Where everything lies in the still picture of a traversal."""

from dataclasses import dataclass

from keras_bvae.latents.latent_label import kl_text, latent_name, latent_remarks
from keras_bvae.pictures.sheets.page import (
    TILE_GAP,
)
from keras_bvae.pictures.sheets.tile_grid import TileGrid
from keras_bvae.pictures.sheets.tiles import tile_scale
from keras_bvae.pictures.sheets.typeface import (
    LABEL_SIZE,
    SMALL_SIZE,
    line_height,
    text_width,
)

# With this side, 11 steps of a 64-pixel model make a picture 900 pixels wide, which a
# web page shows at its full size.
LARGEST_TILE = 96
_HEADING_GAP = 4
_WORD_GAP = 12


@dataclass(frozen=True)
class TraversalLayout(TileGrid):
    """Where a traversal picture puts its tiles and labels: a latent a row.

    Attributes:
        remarks: tuple of `rows` tuples of str, the lines below each label.
    """

    remarks: tuple

    @property
    def heading_top(self):
        return self.grid_top - _HEADING_GAP - line_height(SMALL_SIZE)

    def label_top(self, row):
        """Upper edge of a label, whose lines stand in the middle of its row."""
        beside = self.row_pitch - TILE_GAP - label_height(self.remarks[row])
        return self.tile_corner(row, 0)[1] + beside // 2


def traversal_layout(traversal, header_bottom, scale=None):
    """Measures a traversal's labels and headings and gives each thing its place.

    Args:
        traversal: Traversal.
        header_bottom: int, the pixel row below which headings and tiles may start.
        scale: int or None, how wide one pixel of the model is drawn. None: as large as
            stays within 96 pixels a tile.

    Returns:
        TraversalLayout.
    """
    rows, steps, height, width, _ = traversal.images.shape
    scale = scale or traversal_scale(traversal)
    widest = max(text_width(text, SMALL_SIZE) for text in traversal.sweep.headings)
    remarks = tuple(_remarks(traversal, row) for row in range(rows))
    tallest = max(label_height(lines) for lines in remarks)
    return TraversalLayout(
        rows=rows,
        columns=steps,
        scale=scale,
        tile_width=scale * width,
        tile_height=scale * height,
        column_pitch=max(scale * width, widest) + TILE_GAP,
        row_pitch=max(scale * height, tallest) + TILE_GAP,
        row_gap=TILE_GAP,
        label_width=max(_label_width(traversal, row) for row in range(rows)),
        grid_top=header_bottom + line_height(SMALL_SIZE) + _HEADING_GAP,
        remarks=remarks,
    )


def label_height(remarks):
    """Pixels that a latent's label takes: a line, and smaller ones for its remarks."""
    return line_height(LABEL_SIZE) + len(remarks) * line_height(SMALL_SIZE)


def traversal_scale(traversal):
    """The whole number by which a tile is enlarged if nothing else was asked for."""
    height, width = traversal.images.shape[2:4]
    return tile_scale(height, width, LARGEST_TILE)


def _remarks(traversal, row):
    return latent_remarks(
        traversal.kl[row], traversal.values[row], traversal.sweep.shares_values
    )


def _label_width(traversal, row):
    name = text_width(latent_name(traversal.latents[row]))
    first_line = name + _WORD_GAP + text_width(kl_text(traversal.kl[row]))
    remarks = (text_width(text, SMALL_SIZE) for text in _remarks(traversal, row))
    return max(first_line, *remarks, 0)
