"""Picture files, opened with care: which formats, which files, how many pixels."""

import contextlib
import functools
import os
import re
import threading

from PIL import Image, UnidentifiedImageError

from keras_bvae.datasets.own.heic import is_heic, let_pillow_read_heic
from keras_bvae.datasets.own.picture_options import MOST_PIXELS
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
# How files of the usual formats begin.
_MAGIC = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*"
    rb"|RIFF.{4}WEBP|\0\0\0\x0cjP  |\xff\x4f\xff\x51|.{4}ftypavi[fs]",
    re.DOTALL,
)
# At which parts of its size a JPEG can be read.
_SCALES = (1, 2, 4, 8)
# Pillow's own limit belongs to the process: it is lifted while one header is read.
_pillows_limit = threading.RLock()


class PictureRefused(InvalidValue):
    """A picture that could be read, and is not as it stands.

    Attributes:
        reason: str, why, in a few words that name no file.
    """

    def __init__(self, sentence, reason=""):
        super().__init__(sentence)
        self.reason = reason


# What the last bytes of a whole picture hold.
_ENDS = {"PNG": b"IEND", "JPEG": b"\xff\xd9", "MPO": b"\xff\xd9"}
_LAST_BYTES = 64


@contextlib.contextmanager
def open_picture(source, max_pixels=MOST_PIXELS, enough=None):
    """Yields a picture of which only the header has been read.

    A JPEG with too many pixels is set to be read at a half, a quarter or an eighth of
    its size, where that is few enough; any other is refused.

    Args:
        source: path, or a binary stream that can be sought in.
        max_pixels: int, how many pixels a picture may have.
        enough: None, or a side in pixels: a JPEG whose both sides are longer is read
            at a half, a quarter or an eighth of its size as long as they stay so,
            which takes a fraction of the time.

    Yields:
        PIL.Image.Image, of one of `FORMATS`.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it is a folder, a pipe or a device, or may not be read.
        ValueError: the file is no picture of a format that we name, is damaged, or has
            too many pixels.
        ModuleNotFoundError: it is HEIC, and pillow-heif is not installed.
    """
    with contextlib.ExitStack() as opened:
        stream = opened.enter_context(_stream_of(source))
        with explained(source):
            stream.seek(0)
            begin = stream.read(16) or b""
        if is_heic(begin):
            let_pillow_read_heic()
        with explained(source, begin), without_pillows_limit():
            image = opened.enter_context(Image.open(stream, formats=_formats()))
        # A progressive JPEG is held in memory as a whole, however small it is wanted.
        if "progressive" in image.info:
            require_pixels(image, source, max_pixels)
        if image.format in ("JPEG", "MPO"):
            _set_scale(image, max_pixels, enough)
        require_pixels(image, source, max_pixels)
        yield image


def begins_like_one(begin):
    """Whether a file begins as one of the usual formats does, by 16 bytes."""
    return _MAGIC.match(begin) is not None


def may_be_cut_short(image):
    """Whether a file lacks what its format ends in, as far as its last bytes tell.

    A whole one may have something behind its end: to be sure, decode it.

    Args:
        image: PIL.Image.Image of `open_picture`, not loaded yet.
    """
    end = _ENDS.get(image.format)
    if end is None:
        return False
    place = image.fp.tell()
    size = image.fp.seek(0, os.SEEK_END)
    image.fp.seek(max(size - _LAST_BYTES, 0))
    last = image.fp.read(_LAST_BYTES)
    image.fp.seek(place)
    return end not in last


@contextlib.contextmanager
def explained(source, begin=b""):
    """On damaged bytes Pillow fails with whatever its arithmetic ends in."""
    try:
        yield
    except Exception as error:
        reason = str(error) or type(error).__name__
        if isinstance(error, UnidentifiedImageError):
            is_one = begins_like_one(begin)
            reason = "damaged, or a rare kind of its format" if is_one else "no image"
            if not begin:
                reason = "an empty file"
        raise PictureRefused(
            "A picture must be a PNG, JPEG or another image file; received "
            f"{name_of(source)}, which cannot be read as one ({reason}). Save it again "
            "as PNG.",
            reason.partition("\n")[0],
        ) from error


@contextlib.contextmanager
def without_pillows_limit():
    """Pillow refuses and warns by a size of its own, in the whole process; not here."""
    with _pillows_limit:
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def load_whole(image):
    """Decodes an opened picture, of as many pixels as its owner allows.

    Pillow looks at the number again as it decodes a TIFF and a few others.
    """
    if image.width * image.height <= (Image.MAX_IMAGE_PIXELS or 0):
        image.load()
        return
    with without_pillows_limit():
        image.load()


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
                f"A picture must be a file that exists; received {name_of(source)}. "
                "Check the "
                "path."
            ) from error
        yield stream


def _formats():
    Image.init()
    return _those_of(len(Image.OPEN))


@functools.cache
def _those_of(count):
    """Those of `FORMATS` that Pillow knows, once it knows so many formats."""
    return [name for name in FORMATS if name in Image.OPEN]


def require_pixels(image, source, most):
    """Raises if an opened picture has more pixels than it may."""
    width, height = image.size
    if width * height <= most:
        return
    raise PictureRefused(
        f"A picture may have {most:,} pixels at most; {name_of(source)} has "
        f"{width * height:,} ({width:,} x {height:,}). Scale it down, or allow as many "
        f"with max_pixels={width * height} (for a folder, "
        f"images:DIR+max-pixels={width * height}).",
        f"{width:,} x {height:,} pixels are more than {most:,}, "
        f"+max-pixels={width * height} allows them",
    )


def _set_scale(image, most, enough):
    """Sets a JPEG to be read at a fraction of its size, if that is needed or enough."""
    width, height = image.size
    needed = next((n for n in _SCALES if width * height <= most * n**2), 1)
    offered = [n for n in _SCALES if enough and min(width, height) // n >= enough]
    scale = max([needed, *offered])
    if scale > 1:
        image.draft(None, (max(width // scale, 1), max(height // scale, 1)))


def name_of(source):
    """What a sentence calls a path, or a stream."""
    is_stream = hasattr(source, "read")
    name = getattr(source, "name", "a stream") if is_stream else source
    return str(name).replace("\n", "\\n")
