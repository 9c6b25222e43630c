"""Files of more than eight bits, which Pillow does not write in all forms."""

import struct
import zlib

import numpy as np

_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}


def deep_png(values, significant=None):
    """The bytes of a PNG of 16 bits.

    Args:
        values: array `(height, width, channels)` of 0 … 65,535; two channels are grey
            and opacity.
        significant: int, the bits that its sBIT chunk names; None: it has none.
    """
    values = np.asarray(values)
    height, width, channels = values.shape
    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(
        ">IIBBBBB", width, height, 16, _COLOUR_TYPES[channels], 0, 0, 0
    )
    chunks = [(b"IHDR", header)]
    if significant is not None:
        chunks.append((b"sBIT", bytes([significant] * channels)))
    chunks += [(b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


def deep_tiff(values, is_packed=False, **tags):
    """The bytes of a TIFF of one strip, little-endian.

    Args:
        values: array `(height, width)` or `(height, width, channels)` of numbers.
        is_packed: bool, whether it is packed by Deflate.
        **tags: further ones, as `t281=4095`: whole numbers.
    """
    values = np.asarray(values)
    height, width, *channels = values.shape
    count = channels[0] if channels else 1
    strip = values.astype(values.dtype.newbyteorder("<")).tobytes()
    strip = zlib.compress(strip) if is_packed else strip
    kind = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    # Lists of channels lie behind the header, and the strip behind them.
    bits = struct.pack("<4H", *[8 * values.dtype.itemsize] * 4)
    kinds = struct.pack("<4H", *[kind] * 4)
    found = {256: width, 257: height, 259: 8 if is_packed else 1, 277: count}
    found |= {262: 2 if count > 2 else 1, 273: 24, 278: height, 279: len(strip)}
    found |= {258: 8, 339: 16} if count > 2 else {258: bits[:2], 339: kinds[:2]}
    found |= {int(name[1:]): value for name, value in tags.items()}
    entries = b""
    for tag in sorted(found):
        value = found[tag]
        value = value if isinstance(value, bytes) else struct.pack("<I", value)
        form = (3, count) if tag in (258, 339) else (4, 1)
        entries += struct.pack("<HHI", tag, *form) + value.ljust(4, b"\0")
    start = 24 + len(strip) + len(strip) % 2
    return (
        b"II*\0"
        + struct.pack("<I", start)
        + bits
        + kinds
        + strip.ljust(start - 24, b"\0")
        + struct.pack("<H", len(found))
        + entries
        + bytes(4)
    )
