"""Images above what a model makes of them, each with its error."""

import numpy as np

from keras_bvae.pictures.sheets.image_rows import ImageRow, image_rows_picture
from keras_bvae.pictures.sheets.page_header import PageHeader


def reconstruction_picture(
    images, decoded, errors, names, title="", lines=(), columns=8, scale=None
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

    Returns:
        Page: `.picture` is a PIL image, `.figure()` a Matplotlib figure.

    Raises:
        ValueError: there are not as many of each.
    """
    counts = [len(images), len(decoded), len(errors), len(names)]
    if len(set(counts)) != 1 or not counts[0]:
        raise ValueError(
            "Images, decoded images, errors and names must be as many, at least one; "
            f"received {', '.join(map(str, counts))}. Pass one of each for an image."
        )
    rows = []
    for start in range(0, len(images), columns):
        part = slice(start, start + columns)
        texts = tuple(f"{error:.1f} nats" for error in np.asarray(errors)[part])
        rows.append(ImageRow("image", "", images[part], tuple(names[part])))
        rows.append(ImageRow("decoded", "", decoded[part], texts))
    return image_rows_picture(rows, PageHeader(title=title, lines=tuple(lines)), scale)
