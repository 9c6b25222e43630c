"""What a representation knows of the factors, as heat maps on one page."""

from keras_bvae.pictures.plots.heat_map import LEGEND
from keras_bvae.pictures.sheets.page import (
    FAINT_INK,
    MARGIN,
    Page,
)
from keras_bvae.pictures.sheets.page_header import PageHeader
from keras_bvae.pictures.sheets.typeface import (
    LABEL_SIZE,
    SMALL_SIZE,
    line_height,
    shortened,
    text_width,
)

# Maps that together are wider stand one below the other: a page is read at this width.
WIDEST_PAGE = 1080
_MAP_GAP = 36
_CAPTION_GAP = 8
_HEADER_GAP = 18


def representation_picture(maps, title="", lines=()):
    """Puts heat maps on one page: side by side, or in a column if that is too wide.

    Args:
        maps: HeatMap each, at least one: for example mutual information in nats and
            the importances of DCI. Their own titles and lines stand above them.
        title: str, may be empty; for example the checkpoint's name.
        lines: tuple of str, for example beta and the data set.

    Returns:
        Page: `.picture` is a PIL image, `.figure()` a Matplotlib figure.

    Raises:
        ValueError: no maps.
    """
    maps = tuple(maps)
    if not maps:
        raise ValueError(
            "`maps` must hold at least one HeatMap; received none. Pass "
            "HeatMap(table, row_labels, column_labels) for each table."
        )
    header = PageHeader(title=title, lines=(*lines, LEGEND))
    top = MARGIN + header.height + _HEADER_GAP
    corners, width, height = _places(maps)
    width = header.page_width(width + 2 * MARGIN)
    page = Page(width, top + height + MARGIN)
    header.draw(page, MARGIN, MARGIN, width - 2 * MARGIN)
    for cells, (x, y) in zip(maps, corners, strict=True):
        _draw_caption(page, cells, MARGIN + x, top + y)
        y += _caption_height(maps)
        cells.draw(page, MARGIN + x, top + y)
    return page


def _places(maps):
    """Each map's corner, caption included, and the width and height of them all."""
    widths = [_width(cells) for cells in maps]
    heights = [_caption_height(maps) + cells.height for cells in maps]
    abreast = sum(widths) + _MAP_GAP * (len(maps) - 1)
    if abreast + 2 * MARGIN <= WIDEST_PAGE:
        starts = [sum(widths[:i]) + _MAP_GAP * i for i in range(len(maps))]
        return [(x, 0) for x in starts], abreast, max(heights)
    starts = [sum(heights[:i]) + _MAP_GAP * i for i in range(len(maps))]
    return [(0, y) for y in starts], max(widths), starts[-1] + heights[-1]


def _width(cells):
    """Pixels of a map and its title; a title grows the page no wider than two maps."""
    return max(cells.width, min(text_width(cells.title), WIDEST_PAGE // 2 - _MAP_GAP))


def _caption_height(maps):
    """The same above all maps, so that their cells are level."""
    titles = line_height(LABEL_SIZE) * any(cells.title for cells in maps)
    lines = line_height(SMALL_SIZE) * max(len(cells.lines) for cells in maps)
    return titles + lines + _CAPTION_GAP * bool(titles + lines)


def _draw_caption(page, cells, x, y):
    width = _width(cells)
    if cells.title:
        page.text(x, y, shortened(cells.title, width))
        y += line_height(LABEL_SIZE)
    for line in cells.lines:
        page.text(x, y, shortened(line, width, SMALL_SIZE), SMALL_SIZE, FAINT_INK)
        y += line_height(SMALL_SIZE)
