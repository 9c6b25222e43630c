"""The sheet that pictures are drawn on: colours, fonts, text."""

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from keras_bvae.pictures.tiles import as_tile

# Dark ink on a light page. Grey for what is secondary still has a contrast of 4.5:1.
# The accent is the orange that every kind of colour blindness tells from black, white
# and grey (Okabe & Ito 2008).
PAPER = (250, 250, 248)
INK = (34, 34, 34)
FAINT_INK = (112, 112, 112)
RULE = (214, 214, 210)
ACCENT = (230, 159, 0)

TITLE_SIZE = 19
LABEL_SIZE = 15
SMALL_SIZE = 13

MARGIN = 18
FRAME_WIDTH = 2
# Between two tiles, with room for both their frames and a pixel of paper.
TILE_GAP = 2 * FRAME_WIDTH + 1

# Pillow's own font is ASCII and little more: these would print as empty boxes.
_SPELLED_OUT = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "λ": "lambda",
    "σ": "sigma",
    "−": "-",
    "–": "-",
    "—": "-",
    "×": "x",
    "\N{NO-BREAK SPACE}": " ",
}


class Page:
    """A light sheet that takes text, tiles and frames in one style.

    Args:
        width, height: ints, pixels.

    Attributes:
        picture: PIL.Image.Image in mode RGB, what has been drawn.
    """

    def __init__(self, width, height):
        self.picture = Image.new("RGB", (width, height), PAPER)
        self._draw = ImageDraw.Draw(self.picture)

    def text(self, x, y, text, size=LABEL_SIZE, color=INK, align="left"):
        """Writes one line; `(x, y)` is its top left, top middle or top right."""
        anchor = {"left": "la", "center": "ma", "right": "ra"}[align]
        font = _font(size)
        self._draw.text((x, y), spelled_out(text), fill=color, font=font, anchor=anchor)

    def tile(self, x, y, image, scale):
        """Puts an image array with its top left corner at `(x, y)`."""
        self.picture.paste(as_tile(image, scale), (x, y))

    def frame(self, x, y, width, height):
        """Frames the box, from outside: no pixel of the box itself changes."""
        corners = (
            x - FRAME_WIDTH,
            y - FRAME_WIDTH,
            x + width + FRAME_WIDTH - 1,
            y + height + FRAME_WIDTH - 1,
        )
        self._draw.rectangle(corners, outline=ACCENT, width=FRAME_WIDTH)

    def box(self, x, y, width, height, color):
        """Fills a rectangle whose top left corner is `(x, y)`."""
        corners = (x, y, x + width - 1, y + height - 1)
        self._draw.rectangle(corners, fill=color)


def text_width(text, size=LABEL_SIZE):
    """Pixels that one line of text takes, rounded up."""
    return int(_font(size).getlength(spelled_out(text)) + 0.999)


def line_height(size=LABEL_SIZE):
    """Pixels from the top of one line to the top of the next."""
    return round(1.35 * size)


def shortened(text, width, size=LABEL_SIZE):
    """The text, or as much of it as fits into `width` pixels with … in its middle.

    The ends stay, for a path names its run at the end and its folder at the start.
    """
    text = spelled_out(text)
    kept = len(text)
    short = text
    while kept > 2 and text_width(short, size) > width:
        kept -= 1
        short = text[: (kept + 1) // 2] + "…" + text[-(kept // 2) :]
    return short


def spelled_out(text):
    """The text in characters that the font has: β becomes beta, an unknown one ?"""
    text = "".join(_SPELLED_OUT.get(character, character) for character in text)
    return "".join(
        character if character in "…±" or " " <= character <= "~" else "?"
        for character in text
    )


@lru_cache
def _font(size):
    return ImageFont.load_default(size=size)
