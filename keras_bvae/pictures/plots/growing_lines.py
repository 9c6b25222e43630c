"""A small plot whose lines grow from frame to frame of a film."""

import numpy as np
from PIL import Image, ImageDraw

from keras_bvae.pictures.plots.plot_style import color_of
from keras_bvae.pictures.sheets.page import FAINT_INK, PAPER, RULE
from keras_bvae.pictures.sheets.typeface import SMALL_SIZE, line_height

# Drawn so many times as large and then reduced: smooth lines.
_OVERSAMPLING = 4
_LINE_WIDTH, _DOT = 2, 3
_TEXT_GAP = 4


class GrowingLines:
    """Lines over steps in a fixed frame, drawn up to any of their points.

    Args:
        steps: NumPy array, shape `(points,)`, rising.
        values: NumPy array, shape `(points, lines)`, at least 0.
        title: str, above the plot.
        size: tuple of two ints, pixels, words included.
    """

    def __init__(self, steps, values, title, size):
        self.steps = np.asarray(steps, float)
        self.values = np.maximum(np.asarray(values, float), 0.0)
        self.title = title
        self.size = size
        self._highest = self.values.max() or 1.0
        text = line_height(SMALL_SIZE) + _TEXT_GAP
        self._plot = (size[0], size[1] - 2 * text)
        self._above = text

    def draw_words(self, page, x, y):
        """Writes title and ends of the scales; `(x, y)` is the top left corner."""
        width, height = self._plot
        top, bottom = y + self._above, y + self._above + height
        page.text(x, y, self.title, SMALL_SIZE, FAINT_INK)
        page.text(
            x + width, y, f"{self._highest:.1f}", SMALL_SIZE, FAINT_INK, align="right"
        )
        page.box(x, top, width, 1, RULE)
        page.box(x, bottom, width, 1, RULE)
        ends = ((x, self.steps[0], "left"), (x + width, self.steps[-1], "right"))
        for at, step, side in ends:
            below = bottom + _TEXT_GAP
            page.text(at, below, f"{step:,.0f}", SMALL_SIZE, FAINT_INK, align=side)

    def paint(self, picture, x, y, points):
        """Paints the lines as far as the first `points` points into a PIL image."""
        width, height = self._plot
        corner = (x, y + self._above)
        area = (*corner, corner[0] + width, corner[1] + height)
        canvas = picture.crop(area).resize(
            (width * _OVERSAMPLING, height * _OVERSAMPLING), Image.Resampling.NEAREST
        )
        draw = ImageDraw.Draw(canvas)
        # The first line is the strongest: on top.
        for line in reversed(range(self.values.shape[1])):
            places = self.places(line, points) * _OVERSAMPLING
            color = color_of(line)
            dots = [tuple(place) for place in places]
            draw.line(dots, color, _LINE_WIDTH * _OVERSAMPLING, joint="curve")
            _dot(draw, *dots[-1], color)
        smooth = canvas.resize((width, height), Image.Resampling.BOX)
        picture.paste(smooth, corner)

    def places(self, line, points):
        """Where a line's first points lie, in pixels from the plot's corner.

        Returns:
            NumPy array of float, shape `(points, 2)`, x and y; all dots fit in.
        """
        width, height = self._plot
        steps = self.steps[:points] - self.steps[0]
        across = steps / (self.steps[-1] - self.steps[0])
        up = self.values[:points, line] / self._highest
        inside = np.array([width, height]) - 2 * _DOT
        return _DOT + np.stack([across, 1 - up], axis=1) * inside


def _dot(draw, x, y, color):
    reach = _DOT * _OVERSAMPLING
    box = (x - reach, y - reach, x + reach, y + reach)
    draw.ellipse(box, fill=color, outline=PAPER, width=_OVERSAMPLING)
