"""The way from one image to another, as a row of images or as an animation."""

import numpy as np

from keras_bvae.latents.traversal import reduced
from keras_bvae.pictures.films.animation import Animation, frame_pace, there_and_back
from keras_bvae.pictures.sheets.image_rows import ImageRow, image_rows_picture
from keras_bvae.pictures.sheets.page import MARGIN, Page
from keras_bvae.pictures.sheets.page_header import PageHeader
from keras_bvae.pictures.sheets.tiles import as_pixels, tile_scale

_LARGEST_FRAME_TILE = 192
_END = "image"


def interpolation_picture(first, images, last, title="", lines=(), scale=None):
    """Draws an image, the decoded way to another, and that other image in one row.

    Args:
        first, last: arrays, shape `(height, width, channels)`, uint8 or in [0, 1].
        images: array, shape `(steps, height, width, channels)`, in [0, 1].
        title: str, may be empty.
        lines: tuple of str.
        scale: int or None, how wide one pixel is drawn. None: as large as stays within
            96 pixels a tile.

    Returns:
        Page: `.picture` is a PIL image, `.figure()` a Matplotlib figure.
    """
    row = ImageRow(
        label="",
        remark="",
        images=np.stack([as_pixels(image) for image in (first, *images, last)]),
        captions=(_END, *_percents(len(images)), _END),
    )
    return image_rows_picture([row], PageHeader(title=title, lines=tuple(lines)), scale)


def interpolation_animation(first, images, last, title="", lines=(), scale=None):
    """Shows the way back and forth between the two images.

    Args:
        first, images, last, title, lines: as for `interpolation_picture`; about
            25 steps look smooth.
        scale: int or None; None: as large as stays within 192 pixels a tile.

    Returns:
        Animation, of `2 * steps - 2` frames.
    """
    if scale is None:
        first, images, last = (
            reduced(shown, _LARGEST_FRAME_TILE) for shown in (first, images, last)
        )
        scale = tile_scale(*first.shape[:2], _LARGEST_FRAME_TILE)
    header = PageHeader(title=title, lines=tuple(lines))
    order = there_and_back(len(images))
    percents = _percents(len(images))
    frames = []
    for step in order:
        shown = ((_END, first), (percents[step], images[step]), (_END, last))
        frames.append(_frame(header, PageHeader(pictures=shown, scale=scale)))
    return Animation(tuple(frames), frame_pace(len(frames)))


def _frame(header, tiles):
    top = MARGIN + header.height + MARGIN * bool(header.height)
    width = header.page_width(tiles.pictures_width + 2 * MARGIN)
    page = Page(width, top + tiles.height + MARGIN)
    header.draw(page, MARGIN, MARGIN, width - 2 * MARGIN)
    tiles.draw(page, MARGIN, top, width - 2 * MARGIN)
    return page.picture


def _percents(steps):
    return tuple(f"{100 * step / (steps - 1):.0f}%" for step in range(steps))
