"""The sheet that pictures are drawn on, and the header at its top."""

import functools
import io
import warnings
from dataclasses import dataclass, replace

from matplotlib.figure import Figure
from PIL import Image

from keras_bvae.pictures.colors import ACCENT, FAINT_INK, INK, PAPER
from keras_bvae.pictures.picture_file import save_picture
from keras_bvae.pictures.sheets.marks import Box, Text, Tile, as_pixels, figure_of
from keras_bvae.pictures.sheets.typeface import (
    LABEL_SIZE,
    SMALL_SIZE,
    TITLE_SIZE,
    font,
    line_height,
    printable,
    shortened,
    text_width,
)

MARGIN = 18
FRAME_WIDTH = 2
# Between two tiles, with room for both their frames and a pixel of paper.
TILE_GAP = 2 * FRAME_WIDTH + 1

_HEADER_GAP = 18
_PICTURE_GAP = 14
_CAPTION_GAP = 3
_TITLE_GAP = 5
# A sheet grows to this width for its text; a longer line is shortened.
WIDEST_FOR_TEXT = 760


class Sheet:
    """A light sheet of text, tiles and frames, that a notebook shows as it is.

    Args:
        width, height: ints, pixels.

    Attributes:
        marks: list of what has been drawn, the first undermost.
    """

    def __init__(self, width, height):
        self.width = width
        self.height = height
        self.marks = []

    def save(self, path):
        """Writes the sheet as .png, .pdf, .svg, .webp or .gif; see `save_picture`.

        Args:
            path: str or Path; its ending says the format.
        """
        save_picture(self, path)

    @property
    def picture(self):
        """The sheet in pixels: PIL.Image.Image in mode RGB, drawn anew each time."""
        picture = Image.new("RGB", (self.width, self.height), PAPER)
        for mark in self.marks:
            mark.paint(picture)
        return picture

    def figure(self):
        """The sheet as a new matplotlib.figure.Figure, of the same size and layout.

        Text stays text and tiles keep their pixels, so that a PDF of it is sharp at
        any zoom. It belongs to no window.
        """
        return figure_of(self.marks, self.width, self.height)

    def text(self, x, y, text, size=LABEL_SIZE, color=INK, align="left"):
        """Writes one line; `(x, y)` is its top left, top middle or top right."""
        ascent, _ = font(size).getmetrics()
        self.marks.append(Text(x, y + ascent, printable(text), size, color, align))

    def tile(self, x, y, image, scale):
        """Puts an image array with its top left corner at `(x, y)`."""
        self.marks.append(Tile(x, y, as_pixels(image), scale))

    def frame(self, x, y, width, height):
        """Frames the box, from outside: no pixel of the box itself changes."""
        line = FRAME_WIDTH
        across = width + 2 * line
        self.box(x - line, y - line, across, line, ACCENT)
        self.box(x - line, y + height, across, line, ACCENT)
        self.box(x - line, y, line, height, ACCENT)
        self.box(x + width, y, line, height, ACCENT)

    def box(self, x, y, width, height, color):
        """Fills a rectangle whose top left corner is `(x, y)`."""
        self.marks.append(Box(x, y, width, height, color))

    def place(self, sheet, x, y):
        """Draws all that is on another sheet, its corner at `(x, y)`."""
        self.marks += [
            replace(mark, x=mark.x + x, y=mark.y + y) for mark in sheet.marks
        ]

    def _repr_png_(self):
        stream = io.BytesIO()
        self.picture.save(stream, "PNG")
        return stream.getvalue()

    def __getattr__(self, name):
        # Up to version 0.5 `keras_bvae.figures` gave a figure of Matplotlib.
        if name not in _names_of_a_figure():
            raise AttributeError(f"a Sheet has no attribute {name!r}")
        warnings.warn(
            f"A Sheet is not a Matplotlib figure and will lose `.{name}` with the next "
            "version: call `.figure()` for Matplotlib, or `.save(path)`.",
            DeprecationWarning,
            stacklevel=2,
        )
        return getattr(self._figure_of_before, name)

    @functools.cached_property
    def _figure_of_before(self):
        return self.figure()


@functools.cache
def _names_of_a_figure():
    return frozenset(name for name in dir(Figure()) if not name.startswith("_"))


def stacked_sheets(sheets):
    """One sheet that holds others, each below the one before.

    Args:
        sheets: Sheet each, at least one.

    Returns:
        Sheet, as wide as the widest.
    """
    stack = Sheet(
        max(sheet.width for sheet in sheets), sum(sheet.height for sheet in sheets)
    )
    top = 0
    for sheet in sheets:
        stack.place(sheet, 0, top)
        top += sheet.height
    return stack


@dataclass(frozen=True)
class SheetHeader:
    """Title and lines of text at the top of a sheet, beside captioned images.

    Attributes:
        title: str, may be empty.
        lines: tuple of str, printed smaller below the title; an empty one is left out.
        pictures: tuple of `(caption, image)`, image arrays of one shape.
        scale: int, how wide a pixel of those images is drawn.
    """

    title: str = ""
    lines: tuple = ()
    pictures: tuple = ()
    scale: int = 1

    @property
    def height(self):
        """Pixels, 0 for an empty header."""
        return max(self._text_height, self._pictures_height)

    def sheet_width(self, grid_width):
        """How wide a sheet must be for its grid, and if possible for all the text."""
        texts = [text_width(self.title, TITLE_SIZE)]
        texts += [text_width(line, LABEL_SIZE) for line in self.lines]
        needed = self.pictures_width + max(texts) + 2 * MARGIN
        return max(grid_width, min(needed, WIDEST_FOR_TEXT))

    def above(self, width, height):
        """A new sheet with this header, and room of a size below it.

        Returns:
            tuple of Sheet and int, the room's upper edge; its left one is `MARGIN`.
        """
        top = MARGIN + self.height + _HEADER_GAP
        sheet = Sheet(self.sheet_width(width + 2 * MARGIN), top + height + MARGIN)
        self.draw(sheet, MARGIN, MARGIN, sheet.width - 2 * MARGIN)
        return sheet, top

    def draw(self, sheet, x, y, width):
        """Draws at `(x, y)`; text that is wider than what is left is shortened."""
        self._draw_pictures(sheet, x, y)
        text_x = x + self.pictures_width
        available = x + width - text_x
        text_y = y + (self.height - self._text_height) // 2
        if self.title:
            title = shortened(self.title, available, TITLE_SIZE)
            sheet.text(text_x, text_y, title, TITLE_SIZE)
            text_y += line_height(TITLE_SIZE) + _TITLE_GAP
        for line in self._printed_lines:
            line = shortened(line, available, LABEL_SIZE)
            sheet.text(text_x, text_y, line, LABEL_SIZE, FAINT_INK)
            text_y += line_height(LABEL_SIZE)

    @property
    def _printed_lines(self):
        return tuple(line for line in self.lines if line)

    @property
    def _text_height(self):
        title = line_height(TITLE_SIZE) + _TITLE_GAP if self.title else 0
        return title + line_height(LABEL_SIZE) * len(self._printed_lines)

    @property
    def _pictures_height(self):
        if not self.pictures:
            return 0
        tallest = max(image.shape[0] for _, image in self.pictures)
        return self.scale * tallest + _CAPTION_GAP + line_height(SMALL_SIZE)

    @property
    def pictures_width(self):
        """Pixels of the images side by side, with a gap behind each."""
        columns = (self._column_width(*picture) for picture in self.pictures)
        return sum(columns) + _PICTURE_GAP * len(self.pictures)

    def _column_width(self, caption, image):
        return max(self.scale * image.shape[1], text_width(caption, SMALL_SIZE))

    def _draw_pictures(self, sheet, x, y):
        for caption, image in self.pictures:
            height, width = (self.scale * side for side in image.shape[:2])
            column = self._column_width(caption, image)
            sheet.tile(x + (column - width) // 2, y, image, self.scale)
            sheet.text(
                x + column // 2,
                y + height + _CAPTION_GAP,
                caption,
                SMALL_SIZE,
                FAINT_INK,
                align="center",
            )
            x += column + _PICTURE_GAP
