"""One picture from disk, made to fit a network."""

import numpy as np
from PIL import Image, ImageOps

from keras_bvae.errors import InvalidValue, MissingFile


def read_image_file(path, image_shape):
    """Reads a picture (PNG, JPEG, … whatever Pillow opens) at a network's size.

    A picture of another size is scaled so that all of it fits, and centred on black.
    Transparent parts show black; the camera's rotation mark is obeyed.

    Args:
        path: the file.
        image_shape: `(height, width, channels)`; 1 channel is greyscale, 3 are RGB.

    Returns:
        uint8 array, shape `(1, height, width, channels)`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no image, or is damaged.
    """
    height, width, channels = image_shape
    image = decoded_picture(path, channels)
    if image.size != (width, height):
        image = ImageOps.pad(image, (width, height), Image.Resampling.LANCZOS)
    return np.asarray(image, np.uint8).reshape(1, height, width, channels)


def decoded_picture(path, channels, enough=None):
    """A picture from disk, upright, in eight bits, its transparent parts black.

    Args:
        path: the file. Of one with several pictures, the first is read.
        channels: 1 for greyscale, 3 for RGB.
        enough: None, or a side in pixels: a JPEG whose both sides are longer is read
            at a half, a quarter or an eighth of its size as long as they stay so,
            which takes a fraction of the time.

    Returns:
        PIL.Image.Image of mode "L" or "RGB".

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no image, or is damaged.
    """
    try:
        with Image.open(path) as opened:
            if enough is not None:
                opened.draft(None, (enough, enough))
            return in_channels(ImageOps.exif_transpose(opened), channels)
    except FileNotFoundError:
        raise MissingFile(
            f"A picture must be a file that exists; received {path}. Check the path."
        ) from None
    # On damaged bytes Pillow's readers fail with whatever their arithmetic ends in.
    except Exception as error:
        raise InvalidValue(
            f"A picture must be a PNG, JPEG or another image file; received {path}, "
            f"which cannot be read as one ({error}). Save it again as PNG."
        ) from error


def in_channels(image, channels):
    """Any PIL image in mode "L" (`channels` 1) or "RGB" (3), on black."""
    image = _without_transparency(_in_eight_bits(image))
    return image.convert("L" if channels == 1 else "RGB")


def central_square(image, size):
    """The middle of a picture, as large a square as it holds, at another size.

    Args:
        image: PIL.Image.Image of mode "L" or "RGB".
        size: int, height and width of the result in pixels.

    Returns:
        uint8 array, shape `(size, size, channels)`. Scaling is antialiased (Lanczos);
        a picture that is a square of this size already comes back as it is.
    """
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    # Cut first: what is cut off must not shine in at the edges.
    square = image.crop((left, top, left + side, top + side))
    square = square.resize((size, size), Image.Resampling.LANCZOS)
    return np.asarray(square, np.uint8).reshape(size, size, -1)


def _in_eight_bits(image):
    """Deeper greyscale scaled down: Pillow's own conversion would clip it to white."""
    if not image.mode.startswith(("I", "F")):
        return image
    values = np.asarray(image, np.float64)
    # 16-bit files open as "I" or "I;16", floating-point ones as "F", usually in [0, 1].
    highest = 65535.0 if image.mode.startswith("I") else 1.0
    return Image.fromarray(np.uint8(np.rint(np.clip(values / highest, 0, 1) * 255)))


def _without_transparency(image):
    if not image.has_transparency_data:
        return image
    image = image.convert("RGBA")
    black = Image.new("RGBA", image.size, "black")
    return Image.alpha_composite(black, image)
