"""Images beside what a model makes of them, and the way from one image to another."""

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.latents.traversal import reduced
from keras_bvae.pictures.films.animation import Animation, frame_pace, there_and_back
from keras_bvae.pictures.sheets.image_rows import ImageRow, image_rows_sheet
from keras_bvae.pictures.sheets.marks import as_pixels, require_scale, tile_scale
from keras_bvae.pictures.sheets.sheet import MARGIN, Sheet, SheetHeader
from keras_bvae.rules import require_whole

_LARGEST_FRAME_TILE = 192
_ONE = "image"


def reconstruction_sheet(
    images, decoded, errors, names, title="", lines=(), columns=8, scale=None, name=_ONE
):
    """Draws images in rows, below each row what a model makes of it.

    Args:
        images: NumPy array, shape `(count, height, width, channels)`, at least one.
        decoded: NumPy array, same shape, the images as the model gives them back.
        errors: NumPy array, shape `(count,)`, nats; printed below.
        names: `count` strings, printed below the images: their index, for example.
        title: str, may be empty.
        lines: tuple of str.
        columns: int, the most images in a row.
        scale: int or None, how wide one pixel is drawn. None: as large as stays within
            96 pixels a tile.
        name: str, what an image is called.

    Returns:
        Sheet.

    Raises:
        ValueError: there are not as many of each, or `columns` or `scale` below 1.
    """
    require_whole("columns", columns, 1, advice="Use 8.")
    counts = [len(images), len(decoded), len(errors), len(names)]
    if len(set(counts)) != 1 or not counts[0]:
        raise InvalidValue(
            "Images, decoded images, errors and names must be as many, at least one; "
            f"received {', '.join(map(str, counts))}. Pass one of each for an image."
        )
    rows = []
    for start in range(0, len(images), columns):
        part = slice(start, start + columns)
        texts = tuple(f"{error:.1f} nats" for error in np.asarray(errors)[part])
        rows.append(ImageRow(name, "", images[part], tuple(names[part])))
        rows.append(ImageRow("decoded", "", decoded[part], texts))
    return image_rows_sheet(rows, SheetHeader(title=title, lines=tuple(lines)), scale)


def interpolation_sheet(first, images, last, title="", lines=(), scale=None, name=_ONE):
    """Draws an image, the decoded way to another, and that other image in one row.

    Args:
        first, last: arrays, shape `(height, width, channels)`, uint8 or in [0, 1].
        images: array, shape `(steps, height, width, channels)`, in [0, 1].
        title: str, may be empty.
        lines: tuple of str.
        scale: int or None, how wide one pixel is drawn. None: as large as stays within
            96 pixels a tile.
        name: str, what an image is called.

    Returns:
        Sheet.

    Raises:
        ValueError: fewer than two steps, images of several sizes, or `scale` below 1.
    """
    _require_way(first, images, last)
    row = ImageRow(
        label="",
        remark="",
        images=np.stack([as_pixels(image) for image in (first, *images, last)]),
        captions=(name, *_percents(len(images)), name),
    )
    return image_rows_sheet([row], SheetHeader(title=title, lines=tuple(lines)), scale)


def interpolation_animation(
    first, images, last, title="", lines=(), scale=None, name=_ONE
):
    """Shows the way back and forth between the two images.

    Args:
        first, images, last, title, lines, name: as for `interpolation_sheet`; about
            25 steps look smooth.
        scale: int or None; None: as large as stays within 192 pixels a tile.

    Returns:
        Animation, of `2 * steps - 2` frames.

    Raises:
        ValueError: as for `interpolation_sheet`.
    """
    _require_way(first, images, last)
    require_scale(scale)
    if scale is None:
        first, images, last = (
            reduced(shown, _LARGEST_FRAME_TILE) for shown in (first, images, last)
        )
        scale = tile_scale(*first.shape[:2], _LARGEST_FRAME_TILE)
    header = SheetHeader(title=title, lines=tuple(lines))
    order = there_and_back(len(images))
    percents = _percents(len(images))
    frames = []
    for step in order:
        shown = ((name, first), (percents[step], images[step]), (name, last))
        frames.append(_frame(header, SheetHeader(pictures=shown, scale=scale)))
    return Animation(tuple(frames), frame_pace(len(frames)))


def _require_way(first, images, last):
    sizes = {np.shape(image)[:2] for image in (first, *images, last)}
    if len(images) < 2 or len(sizes) > 1:
        raise InvalidValue(
            "A way from one image to another needs at least 2 decoded images, and all "
            f"of one size; received {len(images)} and sizes "
            f"{', '.join(map(str, sorted(sizes)))}. Decode 11 codes between the two."
        )


def _frame(header, tiles):
    top = MARGIN + header.height + MARGIN * bool(header.height)
    width = header.sheet_width(tiles.pictures_width + 2 * MARGIN)
    sheet = Sheet(width, top + tiles.height + MARGIN)
    header.draw(sheet, MARGIN, MARGIN, width - 2 * MARGIN)
    tiles.draw(sheet, MARGIN, top, width - 2 * MARGIN)
    return sheet.picture


def _percents(steps):
    return tuple(f"{100 * step / (steps - 1):.0f}%" for step in range(steps))
