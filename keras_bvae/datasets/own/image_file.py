"""One picture from disk, made to fit a network."""

import contextlib
import threading

import numpy as np
from PIL import Image, ImageOps

from keras_bvae.errors import InvalidValue, MissingFile
from keras_bvae.files.reading import open_file

# What Pillow decodes itself, by the names that it gives them, in the order in which it
# asks them. Without formats that start other programs (EPS: Ghostscript), open whatever
# is inside them (IPTC), or are told by their headers only.
FORMATS = (
    *("BMP", "GIF", "JPEG", "PPM", "PNG", "AVIF", "BLP", "CUR", "DCX", "DDS", "DIB"),
    *("FITS", "FLI", "FTEX", "GBR", "HEIF", "ICNS", "ICO", "IM", "JPEG2000", "MSP"),
    *("PCD", "PCX", "PIXAR", "PSD", "QOI", "SGI", "SUN", "TGA", "TIFF", "WEBP"),
    *("XBM", "XPM"),
)
# What Pillow itself refuses, which takes up to 1.5 GB to decode in colour.
MOST_PIXELS = 178_956_970
# Pillow's own limit belongs to the process: it is lifted while one header is read.
_pillows_limit = threading.RLock()


@contextlib.contextmanager
def open_picture(source, max_pixels=MOST_PIXELS):
    """Yields a picture of which only the header has been read.

    A JPEG with too many pixels is set to be read at a half, a quarter or an eighth of
    its size, where that is few enough; any other is refused.

    Args:
        source: path, or a binary stream that can be sought in.
        max_pixels: int, how many pixels a picture may have.

    Yields:
        PIL.Image.Image, of one of `FORMATS`.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it is a folder, a pipe or a device, or may not be read.
        ValueError: the file is no picture of a format that we name, is damaged, or has
            too many pixels.
    """
    with contextlib.ExitStack() as opened:
        stream = opened.enter_context(_stream_of(source))
        try:
            with without_pillows_limit():
                image = opened.enter_context(Image.open(stream, formats=_formats()))
        except Exception as error:
            raise unreadable(source, error) from error
        _require_pixels(image, source, max_pixels)
        yield image


def read_image_file(path, image_shape, max_pixels=MOST_PIXELS):
    """Reads a picture (PNG, JPEG, TIFF, …: `FORMATS`) at a network's size.

    A picture of another size is scaled so that all of it fits, and centred on black.
    Transparent parts show black; the camera's rotation mark is obeyed.

    Args:
        path: the file, or a binary stream.
        image_shape: `(height, width, channels)`; 1 channel is greyscale, 3 are RGB.
        max_pixels: int, how many pixels it may have.

    Returns:
        uint8 array, shape `(1, height, width, channels)`.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it is a folder, a pipe or a device, or may not be read.
        ValueError: the file is no image, is damaged, or has too many pixels.
    """
    height, width, channels = image_shape
    image = decoded_picture(path, channels, max_pixels=max_pixels)
    if image.size != (width, height):
        image = ImageOps.pad(image, (width, height), Image.Resampling.LANCZOS)
    return np.asarray(image, np.uint8).reshape(1, height, width, channels)


def decoded_picture(source, channels, enough=None, max_pixels=MOST_PIXELS):
    """A picture from disk, upright, in eight bits, its transparent parts black.

    Args:
        source: the file, or a binary stream. Of one with several pictures, the first
            is read.
        channels: 1 for greyscale, 3 for RGB.
        enough: None, or a side in pixels: a JPEG whose both sides are longer is read
            at a half, a quarter or an eighth of its size as long as they stay so,
            which takes a fraction of the time.
        max_pixels: int, how many pixels it may have.

    Returns:
        PIL.Image.Image of mode "L" or "RGB".

    Raises:
        As `read_image_file`.
    """
    with open_picture(source, max_pixels) as opened:
        # On damaged bytes Pillow's readers fail with whatever their arithmetic ends in.
        try:
            if enough is not None:
                opened.draft(None, (enough, enough))
            return in_channels(ImageOps.exif_transpose(opened), channels)
        except Exception as error:
            raise unreadable(source, error) from error


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


def unreadable(source, error):
    """What is raised of a picture that cannot be read, and why."""
    return InvalidValue(
        "A picture must be a PNG, JPEG or another image file; received "
        f"{_name_of(source)}, which cannot be read as one ({error}). Save it again as "
        "PNG."
    )


@contextlib.contextmanager
def without_pillows_limit():
    """Pillow refuses and warns by a size of its own, in the whole process; not here."""
    with _pillows_limit:
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit


@contextlib.contextmanager
def _stream_of(source):
    if hasattr(source, "read"):
        yield source
        return
    with contextlib.ExitStack() as opened:
        try:
            stream = opened.enter_context(open_file(source, "A picture"))
        except MissingFile as error:
            raise MissingFile(
                f"A picture must be a file that exists; received {source}. Check the "
                "path."
            ) from error
        yield stream


def _formats():
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _require_pixels(image, source, most):
    width, height = image.size
    if width * height <= most:
        return
    # A progressive JPEG is held in memory as a whole, however small it is wanted.
    if image.format in ("JPEG", "MPO") and "progressive" not in image.info:
        for scale in (2, 4, 8):
            if width * height <= most * scale**2:
                image.draft(None, (width // scale, height // scale))
                return
    raise InvalidValue(
        f"A picture may have {most:,} pixels at most; {_name_of(source)} has "
        f"{width * height:,} ({width:,} x {height:,}). Scale it down, or allow as many "
        f"with max_pixels={width * height} (for a folder, "
        f"images:DIR+max-pixels={width * height})."
    )


def _name_of(source):
    return getattr(source, "name", "a stream") if hasattr(source, "read") else source


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
