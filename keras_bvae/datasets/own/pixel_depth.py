"""Pictures of more than eight bits: their values, and what the file says of them.

Pillow hands on 12 bits as 16, floats as they are, colour of 16 bits by its upper byte.
"""

import math
import struct
import sys
from typing import NamedTuple

import numpy as np
from PIL import Image

from keras_bvae.datasets.own.picture_opening import load_whole, without_pillows_limit
from keras_bvae.errors import InvalidValue

# Tags of TIFF: bits and kind of a sample, the least and the greatest value.
_BITS, _FORMAT = 258, 339
_LEAST_TAGS, _MOST_TAGS = (340, 280), (341, 281)
_SIGNED = 2
_OF_ONE_CHANNEL = ("float", "int", "int8", "uint16", "uint32")
# The lower of two bytes stands where Pillow finds the upper one in the other order.
_NATIVE, _OTHER = ";16L", ";16B"
if sys.byteorder == "big":
    _NATIVE, _OTHER = _OTHER, _NATIVE
_OTHER_ORDER = {";16B": ";16L", ";16L": ";16B", ";16N": _OTHER}
_PNG_HEADER = 8
# Of chunks before the pixels; more is no picture that somebody made.
_MOST_CHUNKS = 1000


class Depth(NamedTuple):
    """What the header of a picture of more than eight bits says.

    Attributes:
        kind: "float", "int" (signed), "uint32", "int8", "uint16"; or "colour" and
            "grey with opacity", channels of 16 bits.
        declared: `(least, greatest)` value by the file's tags, or None.
        significant: int, how many of the bits carry something (PNG's sBIT), or None.
    """

    kind: str
    declared: tuple | None = None
    significant: int | None = None

    @property
    def has_one_channel(self):
        return self.kind in _OF_ONE_CHANNEL

    @property
    def value_range(self):
        """The values of black and white as far as the file tells them."""
        usual = {"float": (0.0, 1.0), "int8": (0.0, 255.0)}
        return self.declared or usual.get(self.kind, (0.0, 65535.0))


def depth_of(image):
    """What the header says of a picture's values; None: they have eight bits or less.

    Args:
        image: PIL.Image.Image, opened and not loaded yet.
    """
    kind = _kind_of(image)
    if kind is None:
        return None
    if image.format == "PNG":
        return Depth(kind, significant=_significant_bits(image.fp))
    if image.format in ("PPM", "JPEG2000") and kind != "float":
        return Depth(kind, (0.0, 65535.0))  # to which Pillow has scaled them
    return Depth(kind, _declared(getattr(image, "tag_v2", {})))


class DeepPixels:
    """The values of a picture of more than eight bits, decoded once.

    Args:
        image: PIL.Image.Image, opened and not loaded yet. It holds the opacity
            afterwards, of a picture that has one.
        depth: its `Depth`.

    Attributes:
        size: `(width, height)`.
    """

    def __init__(self, image, depth):
        self._image, self._depth, self._lower = image, depth, None
        if depth.kind == "grey with opacity":
            # Red and green are then the bytes of the grey, blue the opacity's upper.
            image.tile = _retold(image.tile, "RGBA")
        elif depth.kind == "colour":
            self._lower = _of_lower_bytes(image)
        load_whole(image)
        self.size = image.size

    def values(self, box):
        """The values in a box `(left, top, right, bottom)`.

        Returns:
            Array of numbers, `(height, width)` or, of colour, `(height, width, 3)`.

        Raises:
            ValueError: one of them is not finite.
        """
        values, kind = np.asarray(self._image.crop(box)), self._depth.kind
        if kind == "grey with opacity":
            return values[..., 0] * np.uint16(256) + values[..., 1]
        if kind == "colour":
            lower = np.asarray(self._lower.crop(box))[..., :3]
            return values[..., :3] * np.uint16(256) + lower
        if kind == "float" and not np.isfinite(values).all():
            raise InvalidValue("it has values that are not finite")
        return values.view(kind) if kind in ("int8", "uint32") else values

    def opacity(self, box):
        """PIL.Image.Image "L" of a box, or None where all is opaque."""
        if self._depth.kind == "grey with opacity":
            return self._image.crop(box).getchannel("B")
        has_some = self._depth.kind == "colour" and self._image.mode == "RGBA"
        return self._image.crop(box).getchannel("A") if has_some else None


def _of_lower_bytes(image):
    """The same page of the same file, decoded to the lower bytes of its values."""
    with without_pillows_limit():
        lower = Image.open(image.fp, formats=[image.format])
    if image.tell():
        lower.seek(image.tell())
    raw_mode = _raw_mode(lower)
    lower.tile = _retold(lower.tile, raw_mode[:-4] + _OTHER_ORDER[raw_mode[-4:]])
    load_whole(lower)
    return lower


def _kind_of(image):
    if image.mode.startswith("F"):
        return "float"
    if image.mode.startswith("I;16"):
        return "uint16"
    tags = getattr(image, "tag_v2", {})
    is_signed = _SIGNED in _numbers(tags.get(_FORMAT))
    if image.mode.startswith("I"):
        if image.format in ("PNG", "PPM"):
            return "uint16"
        is_long = image.format == "TIFF" and 32 in _numbers(tags.get(_BITS))
        return "uint32" if is_long and not is_signed else "int"
    if image.mode == "L" and image.format == "TIFF" and is_signed:
        return "int8"
    if _raw_mode(image) == "LA;16B":
        return "grey with opacity"
    mode, order = _raw_mode(image)[:-4], _raw_mode(image)[-4:]
    is_colour = mode in ("RGB", "RGBA", "RGBX") and order in _OTHER_ORDER
    return "colour" if is_colour else None


def _raw_mode(image):
    """How the decoder is told that the bytes lie, "RGB;16B" say; "" where it is not."""
    tiles = getattr(image, "tile", None)
    args = tiles[0][3] if tiles else None
    first = args[0] if isinstance(args, tuple) and args else args
    return first if isinstance(first, str) else ""


def _retold(tiles, raw_mode):
    """The tiles of a file, their bytes to be taken in another way."""
    retold = []
    for tile in tiles:
        args = (raw_mode, *tile[3][1:]) if isinstance(tile[3], tuple) else raw_mode
        changed = (*tile[:3], args)
        # A tuple with names in newer versions of Pillow.
        retold.append(type(tile)(*changed) if hasattr(tile, "_fields") else changed)
    return retold


def _numbers(value):
    """A tag's value as finite numbers: it may be one, several, or none."""
    values = value if isinstance(value, tuple | list) else (value,)
    try:
        numbers = [float(one) for one in values[:4] if one is not None]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return []
    return numbers if all(map(math.isfinite, numbers)) else []


def _declared(tags):
    greatest = [number for tag in _MOST_TAGS for number in _numbers(tags.get(tag))]
    least = [number for tag in _LEAST_TAGS for number in _numbers(tags.get(tag))]
    bits = _numbers(tags.get(_BITS))[:1]
    if not greatest and bits and bits[0] == 12:
        greatest = [4095.0]
    low, high = min(least, default=0.0), max(greatest, default=0.0)
    return (low, high) if low < high else None


def _significant_bits(stream):
    """What a PNG's sBIT chunk says of its first channel, or None."""
    place = stream.tell()
    try:
        stream.seek(_PNG_HEADER)
        for _ in range(_MOST_CHUNKS):
            length, name = struct.unpack(">I4s", stream.read(8))
            if name == b"sBIT":
                return stream.read(1)[0] or None
            if name in (b"IDAT", b"IEND"):
                break
            stream.seek(length + 4, 1)
    except (struct.error, IndexError):
        pass  # cut off there
    finally:
        stream.seek(place)
    return None
