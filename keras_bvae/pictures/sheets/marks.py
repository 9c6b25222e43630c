"""What a sheet is made of: text, boxes, and images as tiles of RGB pixels.

Each mark paints itself into a PIL image and plots itself with Matplotlib, at the same
place: pixels from the top left corner.
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from PIL import Image, ImageDraw

from keras_bvae.errors import InvalidValue
from keras_bvae.pictures.colors import PAPER
from keras_bvae.pictures.sheets.typeface import font, font_path
from keras_bvae.rules import require_whole

# Matplotlib counts text in points, 72 to the inch; a sheet has 100 pixels to the inch.
PIXELS_AN_INCH = 100
_POINTS_A_PIXEL = 72 / PIXELS_AN_INCH
# What transparent parts show: grey values, that neither black nor white gets lost on.
_SQUARES = (179, 211)


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


def figure_of(marks, width, height):
    """Marks on paper as a Matplotlib figure, which belongs to no window.

    Args:
        marks: sequence of Text, Tile and Box, the first undermost.
        width, height: ints, pixels.

    Returns:
        matplotlib.figure.Figure.
    """
    size = width / PIXELS_AN_INCH, height / PIXELS_AN_INCH
    figure = Figure(figsize=size, dpi=PIXELS_AN_INCH, facecolor=_unit(PAPER))
    axes = figure.add_axes((0, 0, 1, 1))
    for order, mark in enumerate(marks):
        mark.plot(axes, order)
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    return figure


def tile_scale(height, width, largest):
    """The whole number of times an image can grow and stay within `largest` pixels.

    Args:
        height, width: ints, pixels of the image.
        largest: int, pixels that the longer side of the tile should not exceed.

    Returns:
        int, at least 1: a larger image does not shrink by this but by `reduced`.
    """
    return max(1, largest // max(height, width))


def require_scale(scale):
    """Raises unless a scale is a whole number above 0, or None.

    Raises:
        ValueError: it is not.
    """
    advice = "Leave it out for tiles that fit."
    require_whole("scale", scale, 1, advice=advice, optional=True)


def as_tile(image, scale=1):
    """Turns one image array into an RGB picture whose pixels are `scale` wide.

    Args:
        image: NumPy array, shape `(height, width, channels)` with 1, 3 or 4 channels;
            uint8 in 0 … 255, or float in [0, 1]: a float just outside is clipped. The
            fourth is opacity: what is transparent shows grey and white squares.
        scale: int, at least 1; every pixel becomes a square of that side.

    Returns:
        PIL.Image.Image in mode RGB.

    Raises:
        ValueError: another shape or channel count, or a value that is not finite.
    """
    pixels = as_pixels(image).repeat(scale, axis=0).repeat(scale, axis=1)
    return Image.fromarray(pixels)


def as_pixels(image):
    """Turns one image array into RGB bytes.

    Args:
        image: as for `as_tile`.

    Returns:
        NumPy array of uint8, shape `(height, width, 3)`.

    Raises:
        ValueError: another shape or channel count, or a value that is not finite.
    """
    pixels = np.asarray(image)
    if pixels.ndim != 3 or pixels.shape[-1] not in (1, 3, 4):
        raise InvalidValue(
            "An image to draw must have shape (height, width, channels) with 1, 3 or 4 "
            f"channels; received shape {pixels.shape}. Add or drop an axis."
        )
    if pixels.dtype != np.uint8:
        pixels = _to_bytes(pixels)
    if pixels.shape[-1] == 4:
        pixels = _on_squares(pixels)
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))


def _to_bytes(pixels):
    if not np.isfinite(pixels).all():
        raise InvalidValue(
            "An image to draw must be finite; received NaN or infinity. "
            "The model has diverged: use an earlier checkpoint."
        )
    return np.round(255 * np.clip(pixels, 0, 1)).astype(np.uint8)


def _on_squares(pixels):
    """RGB of RGBA pixels that lie on squares, eight along the longer side."""
    rows, columns = np.indices(pixels.shape[:2]) // -(-max(pixels.shape[:2]) // 8)
    ground = np.where((rows + columns) % 2, *_SQUARES)[..., None]
    opacity = pixels[..., 3:] / 255
    mixed = opacity * pixels[..., :3] + (1 - opacity) * ground
    return np.rint(mixed).astype(np.uint8)


def _unit(color):
    return tuple(part / 255 for part in color)
