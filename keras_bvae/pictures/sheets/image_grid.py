"""Images without words, side by side in rows."""

from keras_bvae.pictures.sheets.image_rows import ImageRow, image_rows_picture
from keras_bvae.pictures.sheets.page_header import PageHeader


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
        Page: `.picture` is a PIL image, `.figure()` a Matplotlib figure.
    """
    rows = []
    for start in range(0, len(images), columns):
        chosen = images[start : start + columns]
        captions = ("",) * len(chosen)
        rows.append(ImageRow(label="", remark="", images=chosen, captions=captions))
    return image_rows_picture(rows, PageHeader(title=title, lines=tuple(lines)), scale)
