"""What a page can hold: text, tiles and boxes, each drawn in pixels or by Matplotlib.

Every mark has `x` and `y` in pixels from the page's top left corner, `paint(picture)`
for a PIL image, and `plot(axes, order)` for Matplotlib axes with the same coordinates.
"""

from dataclasses import dataclass

import numpy as np
from PIL import ImageDraw

from keras_bvae.pictures.sheets.tiles import as_tile
from keras_bvae.pictures.sheets.typeface import font, font_path

# Matplotlib counts text in points, 72 to the inch; a page has 100 pixels to the inch.
PIXELS_AN_INCH = 100
_POINTS_A_PIXEL = 72 / PIXELS_AN_INCH


@dataclass(frozen=True)
class Text:
    """One line that stands on `y` and begins, is centred or ends at `x`."""

    x: int
    y: int
    text: str
    size: int
    color: tuple
    align: str

    def paint(self, picture):
        anchor = {"left": "ls", "center": "ms", "right": "rs"}[self.align]
        ImageDraw.Draw(picture).text(
            (self.x, self.y), self.text, self.color, font(self.size), anchor
        )

    def plot(self, axes, order):
        from matplotlib.font_manager import FontProperties

        axes.text(
            self.x,
            self.y,
            self.text,
            color=_unit(self.color),
            fontproperties=FontProperties(fname=font_path()),
            fontsize=self.size * _POINTS_A_PIXEL,
            horizontalalignment=self.align,
            verticalalignment="baseline",
            parse_math=False,
            zorder=order,
        )


@dataclass(frozen=True)
class Tile:
    """RGB pixels, uint8 `(height, width, 3)`, each as a square of side `scale`."""

    x: int
    y: int
    pixels: np.ndarray
    scale: int

    def paint(self, picture):
        picture.paste(as_tile(self.pixels, self.scale), (self.x, self.y))

    def plot(self, axes, order):
        height, width = (self.scale * side for side in self.pixels.shape[:2])
        # "none" keeps pixels squares at any zoom; "nearest" would draw them anew for
        # one resolution.
        axes.imshow(
            self.pixels,
            extent=(self.x, self.x + width, self.y + height, self.y),
            interpolation="none",
            aspect="auto",
            zorder=order,
        )


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    x: int
    y: int
    width: int
    height: int
    color: tuple

    def paint(self, picture):
        if self.width > 0 and self.height > 0:
            right, bottom = self.x + self.width, self.y + self.height
            picture.paste(self.color, (self.x, self.y, right, bottom))

    def plot(self, axes, order):
        from matplotlib.patches import Rectangle

        axes.add_patch(
            Rectangle(
                (self.x, self.y),
                self.width,
                self.height,
                facecolor=_unit(self.color),
                edgecolor="none",
                antialiased=False,
                zorder=order,
            )
        )


def _unit(color):
    return tuple(part / 255 for part in color)
