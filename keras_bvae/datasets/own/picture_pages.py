"""The pages of a picture file: those of a TIFF stack are images of their own.

Of an animation (GIF, WebP, PNG) the first picture is read, of an icon the largest, of a
layered file the whole, of a phone's pair the first.
"""

import contextlib
import re

from keras_bvae.datasets.own.picture_opening import (
    explained,
    open_picture,
    require_pixels,
    without_pillows_limit,
)
from keras_bvae.errors import InvalidValue

_DESCRIPTION = 270
# The tag that says what a page is for, and its bits for a smaller copy and a mask.
_PURPOSE, _COPY_OR_MASK = 254, 0b101
# Finding the next one takes the longer the more there were.
MOST_PAGES = 2**16
_FILMS = ("AVIF", "GIF", "PNG", "WEBP")


@contextlib.contextmanager
def open_page(source, page, max_pixels, enough=None):
    """Yields a picture as `open_picture` does, at one of its pages.

    Raises:
        As `open_picture`; ValueError where there is no such page.
    """
    with open_picture(source, max_pixels, enough) as image:
        with explained(source):
            if not _is_turned(image, page):
                raise InvalidValue(f"it has no page {page}")
        require_pixels(image, source, max_pixels)
        yield image


def turned_pages(image, source, max_pixels):
    """Yields the numbers of a file's pages, from 0, each standing open meanwhile.

    Smaller copies of a page and masks, which are marked as such, are none.

    Args:
        image: PIL.Image.Image of `open_picture`.
        source, max_pixels: as for `open_picture`.
    """
    page = 0
    described = image.tag_v2.get(_DESCRIPTION) if image.format == "TIFF" else None
    yield page
    while image.format == "TIFF":
        page += 1
        with explained(source):
            if not _is_turned(image, page):
                _require_pages_in_the_directory(described, page)
                return
            if page == MOST_PAGES:
                raise InvalidValue(f"it has more than {MOST_PAGES:,} pages: split it")
            purpose = image.tag_v2.get(_PURPOSE)
        require_pixels(image, source, max_pixels)
        if not (isinstance(purpose, int) and purpose & _COPY_OR_MASK):
            yield page


def _require_pages_in_the_directory(described, pages):
    """Raises of a stack that ImageJ wrote in one piece, as it does beyond 4 GB.

    Only the first of its pages is listed where those of a TIFF are.
    """
    said = re.match(r"ImageJ=.*?^images=([0-9]{1,9})$", str(described), re.S | re.M)
    if said and pages == 1 < int(said[1]):
        raise InvalidValue(
            f"a stack of {int(said[1]):,} pages that ImageJ wrote in one piece: save "
            "it as an image sequence"
        )


def is_film(image):
    """Whether a file holds an animation."""
    if image.format not in _FILMS:
        return False
    try:
        return bool(getattr(image, "is_animated", False))
    # A second picture that is damaged is not read; the first one may be whole.
    except Exception:
        return True


def place_in_words(name, page, is_of_several):
    """A page's name: "stack.tif[3]", counted from 0; a file's own otherwise."""
    return f"{name}[{page}]" if is_of_several else name


def _is_turned(image, page):
    """Turns to a page; returns whether there is one."""
    try:
        with without_pillows_limit():
            image.seek(page)
    except EOFError:
        return False
    return True
