"""Any picture in eight bits and 1, 3 or 4 channels, in bands that need no memory."""

import numpy as np
from PIL import Image

from keras_bvae.datasets.own.picture_opening import load_whole
from keras_bvae.datasets.own.pixel_depth import DeepPixels
from keras_bvae.datasets.own.value_range import SeenValues

# Larger pictures are converted in bands.
MOST_AT_ONCE = 2**22
# Of a band. Few, so that the system gets the memory of its numbers back.
PIXELS_OF_A_BAND = 2**17
# Names of Pillow's by the number of channels.
MODES = {1: "L", 3: "RGB", 4: "RGBA"}


def in_channels(image, channels, on="black", value_range=None):
    """Any PIL image in mode "L" (`channels` 1), "RGB" (3) or "RGBA" (4).

    Args:
        image: PIL.Image.Image. Of whole numbers 65,535 is white, of others 1.
        channels: 1, 3 or 4.
        on: str, the colour that transparent parts are laid on; of 4 channels none.
        value_range: None, or `(black, white)` within 0 … 255 of eight bits.
    """
    if image.mode.startswith(("I", "F")):
        highest = 65535.0 if image.mode.startswith("I") else 1.0
        image = Image.fromarray(in_eight_bits(np.asarray(image), (0.0, highest)))
    elif value_range is not None:
        image = _stretched(image, value_range)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        if channels == 4:
            return image
        ground = Image.new("RGBA", image.size, on)
        image = Image.alpha_composite(ground, image)
    elif channels == 4:
        image = image.convert("RGB")
    return image.convert(MODES[channels])


def eight_bit_picture(image, depth, channels, on="black", value_range=None):
    """A picture in mode "L", "RGB" or "RGBA", decoded now.

    Args:
        image: PIL.Image.Image, opened.
        depth: its `Depth`, or None.
        channels: 1, 3 or 4.
        on: str, the colour that transparent parts are laid on.
        value_range: `(black, white)`, or None: of eight bits as they are, of 16-bit
            colour the upper bytes.

    Returns:
        PIL.Image.Image, and what was seen of its values, `SeenValues`, or None.
    """
    if depth is None or (value_range is None and not depth.has_one_channel):
        if value_range is not None and not is_of_eight_bits(value_range):
            value_range = None
        load_whole(image)
        if image.width * image.height <= MOST_AT_ONCE:
            return in_channels(image, channels, on, value_range), None

        def part(box):
            return in_channels(image.crop(box), channels, on, value_range)

        return _in_bands(part, image.size, channels), None
    pixels, seen = DeepPixels(image, depth), SeenValues()

    def deep_part(box):
        values = pixels.values(box)
        seen.add(values)
        picture = Image.fromarray(in_eight_bits(values, value_range))
        opacity = pixels.opacity(box)
        if opacity is not None:
            picture = picture.convert("RGB")
            picture.putalpha(opacity)
        return in_channels(picture, channels, on)

    return _in_bands(deep_part, pixels.size, channels), seen


def seen_values(image, depth):
    """Looks at all values of a picture, decoded now.

    Args:
        image: PIL.Image.Image, opened.
        depth: its `Depth`.

    Returns:
        `SeenValues`.
    """
    pixels, seen = DeepPixels(image, depth), SeenValues()
    for box in _bands(pixels.size):
        seen.add(pixels.values(box))
    return seen


def in_eight_bits(values, value_range):
    """Values as uint8: black is 0, white 255, what lies outside is cut off."""
    low, high = value_range
    shares = (values.astype(np.float64) - low) / (high - low)
    return np.uint8(np.rint(np.clip(shares, 0, 1) * 255))


def is_of_eight_bits(value_range):
    """Whether a range can be meant of pictures of eight bits."""
    return value_range[0] >= 0 and value_range[1] <= 255


def _bands(size):
    """Boxes that make up a picture, top to bottom, none of them large."""
    width, height = size
    rows = max(PIXELS_OF_A_BAND // max(width, 1), 1)
    for top in range(0, height, rows):
        yield (0, top, width, min(top + rows, height))


def _in_bands(part, size, channels):
    """A picture put together of what a function returns of boxes."""
    whole = Image.new(MODES[channels], size)
    for box in _bands(size):
        whole.paste(part(box), box)
    return whole


def _stretched(image, value_range):
    """A picture of eight bits with another black and white; its opacity stays."""
    if image.mode == "1":
        return image
    table = in_eight_bits(np.arange(256), value_range).tolist()
    if image.has_transparency_data:
        return image.convert("RGBA").point(table * 3 + list(range(256)))
    if image.mode != "L":
        return image.convert("RGB").point(table * 3)
    return image.point(table)
