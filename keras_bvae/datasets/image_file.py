"""One picture from disk, made to fit a network."""

import numpy as np


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
    from PIL import Image, ImageOps

    height, width, channels = image_shape
    try:
        with Image.open(path) as opened:
            image = ImageOps.exif_transpose(opened)
            image = _without_transparency(_in_eight_bits(image))
            image = image.convert("L" if channels == 1 else "RGB")
    except FileNotFoundError:
        raise FileNotFoundError(
            f"A picture must be a file that exists; received {path}. Check the path."
        ) from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(
            f"A picture must be a PNG, JPEG or another image file; received {path}, "
            f"which cannot be read as one ({error}). Save it again as PNG."
        ) from error
    if image.size != (width, height):
        image = ImageOps.pad(image, (width, height), Image.Resampling.LANCZOS)
    return np.asarray(image, np.uint8).reshape(1, height, width, channels)


def _in_eight_bits(image):
    """Deeper greyscale scaled down: Pillow's own conversion would clip it to white."""
    from PIL import Image

    if not image.mode.startswith(("I", "F")):
        return image
    values = np.asarray(image, np.float64)
    # 16-bit files open as "I" or "I;16", floating-point ones as "F", usually in [0, 1].
    highest = 65535.0 if image.mode.startswith("I") else 1.0
    return Image.fromarray(np.uint8(np.rint(np.clip(values / highest, 0, 1) * 255)))


def _without_transparency(image):
    from PIL import Image

    if not image.has_transparency_data:
        return image
    image = image.convert("RGBA")
    black = Image.new("RGBA", image.size, "black")
    return Image.alpha_composite(black, image)
