"""A traversal on a sheet: a row for each latent, a column for each step."""

from dataclasses import dataclass

from keras_bvae.latents.latent_statistics import kl_text, latent_name, latent_remarks
from keras_bvae.latents.traversal import reduced
from keras_bvae.pictures.colors import FAINT_INK, INK
from keras_bvae.pictures.sheets.image_rows import TileGrid
from keras_bvae.pictures.sheets.marks import require_scale, tile_scale
from keras_bvae.pictures.sheets.sheet import MARGIN, TILE_GAP, Sheet, SheetHeader
from keras_bvae.pictures.sheets.typeface import (
    LABEL_SIZE,
    SMALL_SIZE,
    line_height,
    text_width,
)

# With this side, 11 steps of a 64-pixel model make a sheet 900 pixels wide, which a
# web page shows at its full size.
LARGEST_TILE = 96
_HEADING_GAP = 4
_WORD_GAP = 12
_HEADER_GAP = 18


def traversal_sheet(
    traversal, title="", subtitle="", image=None, scale=None, name="image"
):
    """Draws a traversal: a row for each latent, a column for each step.

    An active latent's tile nearest the anchor's own code is framed; a dead latent's
    label is grey and says so. Above the grid: the title, what is swept, the image and
    the anchor decoded.

    Args:
        traversal: Traversal.
        title, subtitle: str, for example the checkpoint's name; its beta and data set.
        image: NumPy array, `(height, width, channels)`, uint8 or float in [0, 1], the
            image that the anchor encodes. None: the anchor is a code of the prior.
        scale: int or None, how wide one pixel of the model is drawn. None: as large as
            stays within 96 pixels a tile.
        name: str, what the image is called.

    Returns:
        Sheet.

    Raises:
        ValueError: `scale` below 1.
    """
    require_scale(scale)
    if scale is None:
        traversal = traversal.reduced(LARGEST_TILE)
        scale = traversal_scale(traversal)
    order = "Sorted by KL; framed" if traversal.is_sorted else "Framed"
    legend = f"{order}: the value nearest to the unchanged code"
    lines = (subtitle, range_text(traversal), legend)
    header = traversal_header(traversal, title, lines, image, scale, name)
    header_bottom = MARGIN + header.height + _HEADER_GAP
    layout = traversal_layout(traversal, header_bottom, scale)
    sheet = Sheet(header.sheet_width(layout.width), layout.height)
    header.draw(sheet, MARGIN, MARGIN, sheet.width - 2 * MARGIN)
    _draw_headings(sheet, traversal, layout)
    for row in range(layout.rows):
        _draw_label(sheet, traversal, layout, row)
        _draw_tiles(sheet, traversal, layout, row)
    return sheet


def traversal_header(traversal, title, lines, image, scale, name="image"):
    """What stands above a traversal, in a still picture and in an animation.

    Args:
        traversal: Traversal.
        title: str, may be empty.
        lines: tuple of str, below the title.
        image: NumPy array, `(height, width, channels)`, or None; one that is larger
            than the traversal's images is averaged down to them.
        scale: int, how wide one pixel of the images is drawn.
        name: str, what the image is called.

    Returns:
        SheetHeader.
    """
    if image is None:
        pictures = (("prior, decoded", traversal.anchor_image),)
    else:
        image = reduced(image, max(traversal.anchor_image.shape[:2]))
        pictures = ((name, image), ("decoded", traversal.anchor_image))
    return SheetHeader(title=title, lines=lines, pictures=pictures, scale=scale)


def range_text(traversal):
    """A line that says in words how far the latents are swept."""
    return f"Each latent from {traversal.sweep.description}"


@dataclass(frozen=True)
class TraversalLayout(TileGrid):
    """Where a traversal's sheet puts its tiles and labels: a latent a row.

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


def _draw_headings(sheet, traversal, layout):
    y = layout.heading_top
    for step, heading in enumerate(traversal.sweep.headings):
        x = layout.tile_corner(0, step)[0] + layout.tile_width // 2
        sheet.text(x, y, heading, SMALL_SIZE, FAINT_INK, align="center")


def _draw_label(sheet, traversal, layout, row):
    color = INK if traversal.active[row] else FAINT_INK
    right = MARGIN + layout.label_width
    y = layout.label_top(row)
    sheet.text(MARGIN, y, latent_name(traversal.latents[row]), color=color)
    sheet.text(right, y, kl_text(traversal.kl[row]), color=color, align="right")
    y += line_height(LABEL_SIZE)
    for remark in layout.remarks[row]:
        sheet.text(right, y, remark, SMALL_SIZE, FAINT_INK, align="right")
        y += line_height(SMALL_SIZE)


def _draw_tiles(sheet, traversal, layout, row):
    for step, image in enumerate(traversal.images[row]):
        sheet.tile(*layout.tile_corner(row, step), image, layout.scale)
    nearest = traversal.nearest_steps[row]
    # All tiles of a dead latent are alike: a frame would only suggest otherwise.
    if nearest is not None and traversal.active[row]:
        corner = layout.tile_corner(row, nearest)
        sheet.frame(*corner, layout.tile_width, layout.tile_height)
