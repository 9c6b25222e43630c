"""Images as tiles of a picture: enlarged, three channels."""

import numpy as np
from PIL import Image


def tile_scale(height, width, largest):
    """The whole number of times an image can grow and stay within `largest` pixels.

    Args:
        height, width: ints, pixels of the image.
        largest: int, pixels that the longer side of the tile should not exceed.

    Returns:
        int, at least 1: a larger image does not shrink by this but by `reduced`.
    """
    return max(1, largest // max(height, width))


def as_tile(image, scale=1):
    """Turns one image array into an RGB picture whose pixels are `scale` wide.

    Args:
        image: NumPy array, shape `(height, width, channels)` with 1 or 3 channels;
            uint8 in 0 … 255, or float in [0, 1]: a float just outside is clipped.
        scale: int, at least 1; every pixel becomes a square of that side.

    Returns:
        PIL.Image.Image in mode RGB.

    Raises:
        ValueError: another shape or channel count, or a value that is not finite.
    """
    pixels = as_pixels(image).repeat(scale, axis=0).repeat(scale, axis=1)
    return Image.fromarray(pixels)


def as_pixels(image):
    """Turns one image array into RGB bytes.

    Args:
        image: as for `as_tile`.

    Returns:
        NumPy array of uint8, shape `(height, width, 3)`.

    Raises:
        ValueError: another shape or channel count, or a value that is not finite.
    """
    pixels = np.asarray(image)
    if pixels.ndim != 3 or pixels.shape[-1] not in (1, 3):
        raise ValueError(
            "An image to draw must have shape (height, width, channels) with 1 or 3 "
            f"channels; received shape {pixels.shape}. Add or drop an axis."
        )
    if pixels.dtype != np.uint8:
        pixels = _to_bytes(pixels)
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))


def _to_bytes(pixels):
    if not np.isfinite(pixels).all():
        raise ValueError(
            "An image to draw must be finite; received NaN or infinity. "
            "The model has diverged: use an earlier checkpoint."
        )
    return np.round(255 * np.clip(pixels, 0, 1)).astype(np.uint8)
