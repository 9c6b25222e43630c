"""One picture from disk, made to fit a network."""

from PIL import Image

from keras_bvae.datasets.own.eight_bits import (
    eight_bit_picture,
    in_channels,
    seen_values,
)
from keras_bvae.datasets.own.picture_fit import fitted
from keras_bvae.datasets.own.picture_opening import (
    PictureRefused,
    explained,
    name_of,
    open_picture,
)
from keras_bvae.datasets.own.picture_options import (
    AS_THEY_ARE,
    MOST_PIXELS,
    PictureOptions,
)
from keras_bvae.datasets.own.pixel_depth import depth_of
from keras_bvae.datasets.own.value_range import doubt, is_outside, settled_range
from keras_bvae.errors import InvalidValue

__all__ = [
    "decoded_page",
    "decoded_picture",
    "in_channels",
    "open_picture",
    "read_image_file",
]

# Where a camera notes how it was held, and what puts the picture upright.
_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_image_file(
    path,
    image_shape,
    value_range=None,
    on="black",
    max_pixels=MOST_PIXELS,
    fit="pad",
):
    """Reads a picture (PNG, JPEG, TIFF, …: `FORMATS`) at a network's size.

    A picture of another size is scaled so that all of it fits, and centred on black,
    or what `on` says. The camera's rotation mark is obeyed.

    Args:
        path: the file, or a binary stream that can be sought in.
        image_shape: `(height, width, channels)`; 1 channel is greyscale, 3 are RGB, 4
            are RGB and opacity.
        value_range, on, max_pixels, fit: see `PictureOptions`.

    Returns:
        uint8 array, shape `(1, height, width, channels)`.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it is a folder, a pipe or a device, or may not be read.
        ValueError: the file is no image, is damaged, has too many pixels, or does not
            tell which values are black and white.
    """
    height, width, channels = image_shape
    options = PictureOptions(value_range, on, max_pixels, fit)
    image = decoded_picture(path, channels, options=options)
    scale = min(width / image.width, height / image.height)
    is_thread = round(scale * image.width) < 1 or round(scale * image.height) < 1
    if fit == "pad" and is_thread:
        raise InvalidValue(
            f"A picture must leave a line at {width} x {height} pixels; received "
            f"{name_of(path)}, which is {image.width} x {image.height}. Cut it."
        )
    return fitted(image, (height, width), fit, on)[None]


def decoded_picture(source, channels, enough=None, options=AS_THEY_ARE):
    """A picture from disk, upright and in eight bits.

    Args:
        source: the file, or a binary stream. Of one with several pictures, the first
            is read.
        channels: 1 for greyscale, 3 for RGB, 4 for RGBA.
        enough: see `open_picture`.
        options: `PictureOptions`.

    Returns:
        PIL.Image.Image of mode "L", "RGB" or "RGBA".

    Raises:
        As `read_image_file`.
    """
    value_range = None
    with open_picture(source, options.max_pixels, enough) as opened:
        depth = depth_of(opened)
        if depth is None or options.value_range is not None:
            return decoded_page(opened, source, channels, options)
        with explained(source):
            seen = seen_values(opened, depth)
        value_range = settled_range(seen, depth)
    if value_range is None:
        raise InvalidValue(doubt(seen, depth, name_of(source), is_alone=True))
    with open_picture(source, options.max_pixels) as opened:
        ranges = {depth: value_range}
        return decoded_page(opened, source, channels, options, ranges)


def decoded_page(image, source, channels, options=AS_THEY_ARE, ranges=None):
    """The page of an opened picture that stands open, upright and in eight bits.

    Args:
        image: PIL.Image.Image of `open_picture`.
        source: what it was opened from.
        channels: 1 for greyscale, 3 for RGB, 4 for RGBA.
        options: `PictureOptions`.
        ranges: dict, the black and white of pictures of a `Depth` if the file, by
            which they go otherwise, is not to be followed; or None.

    Returns:
        PIL.Image.Image of mode "L", "RGB" or "RGBA".

    Raises:
        ValueError: it is damaged, or goes far beyond its range.
    """
    with explained(source):
        depth = depth_of(image)
        value_range = options.value_range
        if depth is not None and value_range is None:
            value_range = (ranges or {}).get(depth, depth.value_range)
            # Of colour the upper bytes are taken, unless there is a reason.
            if value_range == (0, 65535) and not depth.has_one_channel:
                value_range = None
        picture, seen = eight_bit_picture(
            image, depth, channels, options.on, value_range
        )
        picture = _upright(picture, image)
    is_free = options.value_range is not None or depth in (ranges or {})
    if seen is not None and not is_free and is_outside(seen, depth):
        raise PictureRefused(
            doubt(seen, depth, name_of(source)),
            f"its values reach from {seen.least:g} to {seen.most:g}, +range says what "
            "is black and white",
        )
    return picture


def _upright(picture, opened):
    turn = _TURNS.get(opened.getexif().get(_ORIENTATION_TAG))
    return picture if turn is None else picture.transpose(turn)
