"""How a picture of any proportions becomes an image of the size that is asked for."""

import numpy as np
from PIL import Image

from keras_bvae.datasets.own.picture_opening import without_pillows_limit

_LANCZOS = Image.Resampling.LANCZOS
_OPAQUE = 255


def fitted(image, size, fit="crop", on="black"):
    """A picture at another size. Scaling is antialiased (Lanczos).

    Args:
        image: PIL.Image.Image of mode "L", "RGB" or "RGBA".
        size: `(height, width)` of the result in pixels.
        fit: str, one of `FITS`. "crop": the middle of the picture, as large a part of
            these proportions as it holds; "pad": all of it, as large as there is room
            for, centred on a ground; "stretch": all of it, its proportions changed.
        on: str, the colour of that ground, which of "RGBA" is transparent. So is the
            colour of all that is fully transparent, where files hold leftovers.

    Returns:
        uint8 array, shape `(height, width, channels)`. A picture of this size already
        comes back as it is.
    """
    height, width = size
    if image.size != (width, height):
        image = _SCALED[fit](image, (width, height), on)
    pixels = np.asarray(image, np.uint8).reshape(height, width, -1)
    if image.mode == "RGBA":
        pixels = pixels.copy()
        pixels[pixels[..., 3] == 0, :3] = _OPAQUE if on == "white" else 0
    return pixels


def fit_in_words(size, fit):
    """What of a picture an image shows: "the middle square of each", say."""
    if fit == "crop":
        return f"the middle {'square ' * (size[0] == size[1])}of each"
    return f"all of each, {'padded' if fit == 'pad' else 'stretched'}"


def _cropped(image, size, on):
    width, height = size
    # In whole numbers, so that no side that stays loses a pixel to rounding.
    if image.width * height > image.height * width:
        part = (max(round(image.height * width / height), 1), image.height)
    else:
        part = (image.width, max(round(image.width * height / width), 1))
    # Cut first: what is cut off must not shine in at the edges.
    if image.size != part:
        left, top = (image.width - part[0]) // 2, (image.height - part[1]) // 2
        with without_pillows_limit():
            image = image.crop((left, top, left + part[0], top + part[1]))
    return image.resize(size, _LANCZOS)


def _padded(image, size, on):
    width, height = size
    # The longer side fills its own; of a thread of a picture a line is left.
    if image.width * height > image.height * width:
        part = (width, max(round(image.height / image.width * width), 1))
    else:
        part = (max(round(image.width / image.height * height), 1), height)
    whole = Image.new(image.mode, size, (0, 0, 0, 0) if image.mode == "RGBA" else on)
    corner = round((width - part[0]) * 0.5), round((height - part[1]) * 0.5)
    whole.paste(image.resize(part, _LANCZOS), corner)
    return whole


def _stretched(image, size, on):
    return image.resize(size, _LANCZOS)


_SCALED = {"crop": _cropped, "pad": _padded, "stretch": _stretched}
