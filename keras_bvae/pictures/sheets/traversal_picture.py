"""A traversal as a still picture, one row a latent."""

from keras_bvae.latents.latent_label import kl_text, latent_name
from keras_bvae.latents.traversal import reduced
from keras_bvae.pictures.sheets.page import (
    FAINT_INK,
    INK,
    MARGIN,
    Page,
)
from keras_bvae.pictures.sheets.page_header import PageHeader
from keras_bvae.pictures.sheets.traversal_layout import (
    LARGEST_TILE,
    traversal_layout,
    traversal_scale,
)
from keras_bvae.pictures.sheets.typeface import (
    LABEL_SIZE,
    SMALL_SIZE,
    line_height,
)

_HEADER_GAP = 18


def traversal_picture(traversal, title="", subtitle="", image=None, scale=None):
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

    Returns:
        Page: `.picture` is a PIL image, `.figure()` a Matplotlib figure.
    """
    if scale is None:
        traversal = traversal.reduced(LARGEST_TILE)
        scale = traversal_scale(traversal)
    order = "Sorted by KL; framed" if traversal.is_sorted else "Framed"
    legend = f"{order}: the value nearest to the unchanged code"
    lines = (subtitle, range_text(traversal), legend)
    header = traversal_header(traversal, title, lines, image, scale)
    header_bottom = MARGIN + header.height + _HEADER_GAP
    layout = traversal_layout(traversal, header_bottom, scale)
    page = Page(header.page_width(layout.width), layout.height)
    header.draw(page, MARGIN, MARGIN, page.width - 2 * MARGIN)
    _draw_headings(page, traversal, layout)
    for row in range(layout.rows):
        _draw_label(page, traversal, layout, row)
        _draw_tiles(page, traversal, layout, row)
    return page


def traversal_header(traversal, title, lines, image, scale):
    """What stands above a traversal, in a still picture and in an animation.

    Args:
        traversal: Traversal.
        title: str, may be empty.
        lines: tuple of str, below the title.
        image: NumPy array, `(height, width, channels)`, or None; one that is larger
            than the traversal's images is averaged down to them.
        scale: int, how wide one pixel of the images is drawn.

    Returns:
        PageHeader.
    """
    if image is None:
        pictures = (("prior, decoded", traversal.anchor_image),)
    else:
        image = reduced(image, max(traversal.anchor_image.shape[:2]))
        pictures = (("image", image), ("decoded", traversal.anchor_image))
    return PageHeader(title=title, lines=lines, pictures=pictures, scale=scale)


def range_text(traversal):
    """A line that says in words how far the latents are swept."""
    return f"Each latent from {traversal.sweep.description}"


def _draw_headings(page, traversal, layout):
    y = layout.heading_top
    for step, heading in enumerate(traversal.sweep.headings):
        x = layout.tile_corner(0, step)[0] + layout.tile_width // 2
        page.text(x, y, heading, SMALL_SIZE, FAINT_INK, align="center")


def _draw_label(page, traversal, layout, row):
    color = INK if traversal.active[row] else FAINT_INK
    right = MARGIN + layout.label_width
    y = layout.label_top(row)
    page.text(MARGIN, y, latent_name(traversal.latents[row]), color=color)
    page.text(right, y, kl_text(traversal.kl[row]), color=color, align="right")
    y += line_height(LABEL_SIZE)
    for remark in layout.remarks[row]:
        page.text(right, y, remark, SMALL_SIZE, FAINT_INK, align="right")
        y += line_height(SMALL_SIZE)


def _draw_tiles(page, traversal, layout, row):
    for step, image in enumerate(traversal.images[row]):
        page.tile(*layout.tile_corner(row, step), image, layout.scale)
    nearest = traversal.nearest_steps[row]
    # All tiles of a dead latent are alike: a frame would only suggest otherwise.
    if nearest is not None and traversal.active[row]:
        corner = layout.tile_corner(row, nearest)
        page.frame(*corner, layout.tile_width, layout.tile_height)
