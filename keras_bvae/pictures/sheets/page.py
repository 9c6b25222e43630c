"""The sheet that pictures are drawn on, in pixels or as a Matplotlib figure."""

from dataclasses import replace

from PIL import Image

from keras_bvae.pictures.sheets.marks import PIXELS_AN_INCH, Box, Text, Tile
from keras_bvae.pictures.sheets.tiles import as_pixels
from keras_bvae.pictures.sheets.typeface import LABEL_SIZE, font, printable

# Dark ink on a light page. Grey for what is secondary still has a contrast of 4.5:1.
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


class Page:
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
        """The page in pixels: PIL.Image.Image in mode RGB, drawn anew each time."""
        picture = Image.new("RGB", (self.width, self.height), PAPER)
        for mark in self.marks:
            mark.paint(picture)
        return picture

    def figure(self):
        """The page as matplotlib.figure.Figure, of the same size and layout.

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

    def place(self, page, x, y):
        """Draws all that is on another page, its corner at `(x, y)`."""
        self.marks += [replace(mark, x=mark.x + x, y=mark.y + y) for mark in page.marks]
