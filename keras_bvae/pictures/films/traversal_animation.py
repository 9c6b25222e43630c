"""A traversal that moves: all latents at once, each in a tile of its own."""

from dataclasses import dataclass

from keras_bvae.latents.latent_statistics import kl_text, latent_name
from keras_bvae.pictures.colors import ACCENT, FAINT_INK, INK, RULE
from keras_bvae.pictures.films.animation import Animation, frame_pace, there_and_back
from keras_bvae.pictures.sheets.marks import require_scale, tile_scale
from keras_bvae.pictures.sheets.sheet import MARGIN, Sheet
from keras_bvae.pictures.sheets.traversal_sheet import range_text, traversal_header
from keras_bvae.pictures.sheets.typeface import (
    LABEL_SIZE,
    SMALL_SIZE,
    line_height,
    text_width,
)

# Five tiles of this side across make a sheet of 740 pixels.
LARGEST_TILE = 128
_MOST_COLUMNS = 5
_HEADER_GAP = 14
_CELL_GAP = 16
_LABEL_GAP = 2
_WORD_GAP = 12
_BAR_HEIGHT = 4
_BAR_GAP = 14
_KNOB_SIZE = 12


def traversal_animation(
    traversal, title="", subtitle="", image=None, scale=None, name="image"
):
    """Sweeps all latents at once, back and forth, each in a tile of its own.

    Args:
        traversal: Traversal; about 25 steps look smooth.
        title, subtitle, image, scale, name: as for `traversal_sheet`; without a scale
            a tile has up to 128 pixels.

    Returns:
        Animation, of `2 * steps - 2` frames.

    Raises:
        ValueError: `scale` below 1.
    """
    require_scale(scale)
    if scale is None:
        traversal = traversal.reduced(LARGEST_TILE)
        scale = animation_scale(traversal)
    lines = (subtitle, range_text(traversal))
    half = max(1, scale // 2)
    header = traversal_header(traversal, title, lines, image, half, name)
    layout = animation_layout(traversal, MARGIN + header.height + _HEADER_GAP, scale)
    order = there_and_back(traversal.images.shape[1])
    frames = tuple(_frame(traversal, header, layout, step) for step in order)
    return Animation(frames, frame_pace(len(frames)))


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


def _frame(traversal, header, layout, step):
    sheet = Sheet(header.sheet_width(layout.width), layout.height)
    header.draw(sheet, MARGIN, MARGIN, sheet.width - 2 * MARGIN)
    _draw_bar(sheet, traversal, layout, step)
    for position in range(len(traversal.latents)):
        _draw_label(sheet, traversal, layout, position)
        corner = layout.tile_corner(position)
        sheet.tile(*corner, traversal.images[position, step], layout.scale)
    return sheet.picture


def _draw_bar(sheet, traversal, layout, step):
    """Draws the position in the sweep, and what it is called at the right."""
    right = sheet.width - MARGIN
    width = right - MARGIN - layout.heading_width - _KNOB_SIZE
    sheet.box(MARGIN, layout.bar_top, width, layout.bar_height, RULE)
    last_step = traversal.images.shape[1] - 1
    knob_x = MARGIN + round((width - _KNOB_SIZE) * step / last_step)
    knob_y = layout.bar_top + (layout.bar_height - _KNOB_SIZE) // 2
    sheet.box(knob_x, knob_y, _KNOB_SIZE, _KNOB_SIZE, ACCENT)
    text_y = layout.bar_top + (layout.bar_height - line_height(SMALL_SIZE)) // 2
    heading = traversal.sweep.headings[step]
    sheet.text(right, text_y, heading, SMALL_SIZE, FAINT_INK, align="right")


def _draw_label(sheet, traversal, layout, position):
    color = INK if traversal.active[position] else FAINT_INK
    x, y = layout.label_corner(position)
    right = x + layout.cell_width
    sheet.text(x, y, name_text(traversal, position), color=color)
    kl = kl_text(traversal.kl[position])
    sheet.text(right, y, kl, color=color, align="right")
