"""Where everything lies in a frame of an animated traversal."""

from dataclasses import dataclass

from keras_bvae.latents.latent_label import kl_text, latent_name
from keras_bvae.pictures.sheets.page import (
    MARGIN,
)
from keras_bvae.pictures.sheets.tiles import tile_scale
from keras_bvae.pictures.sheets.typeface import (
    LABEL_SIZE,
    SMALL_SIZE,
    line_height,
    text_width,
)

# Five tiles of this side across make a page of 740 pixels.
LARGEST_TILE = 128
_MOST_COLUMNS = 5
_CELL_GAP = 16
_LABEL_GAP = 2
_WORD_GAP = 12
_BAR_HEIGHT = 4
_BAR_GAP = 14


@dataclass(frozen=True)
class AnimationLayout:
    """Where an animation puts its cells, a label above a tile each, in pixels.

    Attributes:
        columns, rows: ints, cells across and down.
        scale: int, how wide one pixel of the model is drawn.
        tile_width, tile_height: ints.
        cell_width: int, of the tile or its label, whichever is wider.
        bar_top: int, the upper edge of the bar that shows where the sweep is.
        heading_width: int, beside the bar, for the value that is being shown.
    """

    columns: int
    rows: int
    scale: int
    tile_width: int
    tile_height: int
    cell_width: int
    bar_top: int
    heading_width: int

    @property
    def bar_height(self):
        return _BAR_HEIGHT

    @property
    def width(self):
        cells = (self.cell_width + _CELL_GAP) * self.columns - _CELL_GAP
        return cells + 2 * MARGIN

    @property
    def height(self):
        return self._cell_top(self.rows) - _CELL_GAP + MARGIN

    def label_corner(self, position):
        """Left and upper edge of a cell's label; positions go row by row."""
        column = position % self.columns
        x = MARGIN + (self.cell_width + _CELL_GAP) * column
        return x, self._cell_top(position // self.columns)

    def tile_corner(self, position):
        """Left and upper edge of a cell's tile, in the middle of its cell."""
        x, y = self.label_corner(position)
        beside = (self.cell_width - self.tile_width) // 2
        return x + beside, y + line_height(LABEL_SIZE) + _LABEL_GAP

    def _cell_top(self, row):
        cell_height = line_height(LABEL_SIZE) + _LABEL_GAP + self.tile_height
        first = self.bar_top + _BAR_HEIGHT + _BAR_GAP
        return first + (cell_height + _CELL_GAP) * row


def animation_layout(traversal, header_bottom, scale):
    """Measures a traversal's labels and gives each cell its place.

    Args:
        traversal: Traversal.
        header_bottom: int, the pixel row below which bar and cells may start.
        scale: int, how wide one pixel of the model is drawn.

    Returns:
        AnimationLayout; ten latents make two rows of five.
    """
    latents, _, height, width, _ = traversal.images.shape
    columns = min(_MOST_COLUMNS, latents)
    labels = (
        text_width(name_text(traversal, row)) + text_width(kl_text(traversal.kl[row]))
        for row in range(latents)
    )
    headings = traversal.sweep.headings
    return AnimationLayout(
        columns=columns,
        rows=-(-latents // columns),
        scale=scale,
        tile_width=scale * width,
        tile_height=scale * height,
        cell_width=max(scale * width, max(labels) + _WORD_GAP),
        bar_top=header_bottom + line_height(SMALL_SIZE) // 2,
        heading_width=max(text_width(text, SMALL_SIZE) for text in headings),
    )


def animation_scale(traversal):
    """The whole number by which a tile is enlarged if nothing else was asked for."""
    height, width = traversal.images.shape[2:4]
    return tile_scale(height, width, LARGEST_TILE)


def name_text(traversal, row):
    """A latent's name, and that it is dead where it is."""
    name = latent_name(traversal.latents[row])
    return name if traversal.active[row] else f"{name} dead"
