"""The sheet that pictures are drawn on, in pixels or as a Matplotlib figure."""

from dataclasses import dataclass, replace

from PIL import Image

from keras_bvae.pictures.sheets.marks import PIXELS_AN_INCH, Box, Text, Tile, as_pixels
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

# Dark ink on a light sheet. Grey for what is secondary still has a contrast of 4.5:1.
# The accent is the orange that every kind of colour blindness tells from black, white
# and grey (Okabe & Ito 2008).
PAPER = (250, 250, 248)
INK = (34, 34, 34)
FAINT_INK = (112, 112, 112)
RULE = (214, 214, 210)
ACCENT = (230, 159, 0)

MARGIN = 18
FRAME_WIDTH = 2
# Between two tiles, with room for both their frames and a pixel of paper.
TILE_GAP = 2 * FRAME_WIDTH + 1


class Sheet:
    """A light sheet that takes text, tiles and frames in one style, and keeps them.

    Args:
        width, height: ints, pixels.

    Attributes:
        marks: list of what has been drawn, the first undermost.
    """

    def __init__(self, width, height):
        self.width = width
        self.height = height
        self.marks = []

    @property
    def picture(self):
        """The sheet in pixels: PIL.Image.Image in mode RGB, drawn anew each time."""
        picture = Image.new("RGB", (self.width, self.height), PAPER)
        for mark in self.marks:
            mark.paint(picture)
        return picture

    def figure(self):
        """The sheet as matplotlib.figure.Figure, of the same size and layout.

        Text stays text and tiles keep their pixels, so that a PDF of it is sharp at
        any zoom. It belongs to no window: `figure.savefig(path)` or a notebook shows
        it.
        """
        from matplotlib.figure import Figure

        size = (self.width / PIXELS_AN_INCH, self.height / PIXELS_AN_INCH)
        paper = tuple(part / 255 for part in PAPER)
        figure = Figure(figsize=size, dpi=PIXELS_AN_INCH, facecolor=paper)
        axes = figure.add_axes((0, 0, 1, 1))
        for order, mark in enumerate(self.marks):
            mark.plot(axes, order)
        axes.set(xlim=(0, self.width), ylim=(self.height, 0))
        axes.set_axis_off()
        return figure

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


_PICTURE_GAP = 14
_CAPTION_GAP = 3
_TITLE_GAP = 5
# A sheet grows to this width for its text; a longer line is shortened.
_WIDEST_FOR_TEXT = 760


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
        return max(grid_width, min(needed, _WIDEST_FOR_TEXT))

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
