"""A training as a film: each checkpoint's traversal, and its KL as growing lines."""

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from keras_bvae.errors import InvalidValue
from keras_bvae.latents.latent_statistics import is_active, kl_text, latent_name
from keras_bvae.latents.traversal import reduced
from keras_bvae.pictures.colors import FAINT_INK, INK, PAPER, RULE, color_of, rgb_of
from keras_bvae.pictures.films.animation import Animation
from keras_bvae.pictures.sheets.marks import tile_scale
from keras_bvae.pictures.sheets.sheet import MARGIN, TILE_GAP, Sheet, SheetHeader
from keras_bvae.pictures.sheets.typeface import (
    LABEL_SIZE,
    SMALL_SIZE,
    line_height,
    text_width,
)

_LARGEST_TILE = 64
_HEADER_GAP, _LABEL_GAP, _PANEL_GAP = 14, 10, 28
_SWATCH = 8
_PANEL_SIZE = (290, 300)
# The whole film, as far as its frames are neither hectic nor dull; then its end stays.
_FILM_MILLISECONDS, _FRAME_MILLISECONDS, _END_MILLISECONDS = 8000, (80, 600), 2000
# Lines are drawn so many times as large and then reduced: smooth.
_OVERSAMPLING = 4
_LINE_WIDTH, _DOT = 2, 3
_TEXT_GAP = 4


@dataclass(frozen=True)
class FilmMoment:
    """The model as one checkpoint has it.

    Attributes:
        step: int.
        caption: str, the losses of that time, may be empty.
        kl: NumPy array, shape `(rows,)`, nats, of the latents that are drawn.
        images: NumPy array, `(rows, values, height, width, channels)`, their sweeps.
        decoded: NumPy array, `(height, width, channels)`, the image decoded.
    """

    step: int
    caption: str
    kl: np.ndarray
    images: np.ndarray
    decoded: np.ndarray

    def reduced(self, largest):
        """The same with images whose longer side has at most `largest` pixels."""
        return replace(
            self,
            images=reduced(self.images, largest),
            decoded=reduced(self.decoded, largest),
        )


def training_film(moments, latents, image, title="", name="image"):
    """Draws a frame for each moment: sweeps, losses, and the KL of each latent so far.

    Rows and image are the same in all frames, so that only the model changes.

    Args:
        moments: sequence of FilmMoment, at least two, in the order of their steps.
        latents: sequence of int, what the rows are, the strongest first.
        image: NumPy array, `(height, width, channels)`, from which latents are swept.
        title: str, may be empty.
        name: str, what the image is called.

    Returns:
        Animation, whose last frame stays for two seconds.

    Raises:
        ValueError: fewer than two moments.
    """
    if len(moments) < 2:
        raise InvalidValue(
            "A film of a training needs at least 2 checkpoints; received "
            f"{len(moments)}. Keep more of them: `kbvae train --keep-checkpoints 100`."
        )
    moments = [moment.reduced(_LARGEST_TILE) for moment in moments]
    image = reduced(image, _LARGEST_TILE)
    layout = _Layout(latents, moments[0].images.shape)
    lines = GrowingLines(
        np.array([moment.step for moment in moments]),
        np.array([moment.kl for moment in moments]),
        "KL of each latent (nats)",
        _PANEL_SIZE,
    )
    frames = [
        _frame(layout, lines, moments, number, latents, (name, image), title)
        for number in range(len(moments))
    ]
    pace = _pace(len(frames))
    end = [frames[-1]] * round(_END_MILLISECONDS / pace)
    return Animation((*frames, *end), pace)


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

    def draw_words(self, sheet, x, y):
        """Writes title and ends of the scales; `(x, y)` is the top left corner."""
        width, height = self._plot
        top, bottom = y + self._above, y + self._above + height
        sheet.text(x, y, self.title, SMALL_SIZE, FAINT_INK)
        sheet.text(
            x + width, y, f"{self._highest:.1f}", SMALL_SIZE, FAINT_INK, align="right"
        )
        sheet.box(x, top, width, 1, RULE)
        sheet.box(x, bottom, width, 1, RULE)
        ends = ((x, self.steps[0], "left"), (x + width, self.steps[-1], "right"))
        for at, step, side in ends:
            below = bottom + _TEXT_GAP
            sheet.text(at, below, f"{step:,.0f}", SMALL_SIZE, FAINT_INK, align=side)

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


class _Layout:
    """Where things lie in every frame, in pixels."""

    def __init__(self, latents, shape):
        _, values, height, width, _ = shape
        self.scale = tile_scale(height, width, _LARGEST_TILE)
        self.tile_width, self.tile_height = self.scale * width, self.scale * height
        widest = max(text_width(latent_name(latent)) for latent in latents)
        self.name_x = MARGIN + _SWATCH + _LABEL_GAP
        self.kl_right = self.name_x + widest + _LABEL_GAP + text_width("88.88 nats")
        self.tiles_left = self.kl_right + _LABEL_GAP
        self.panel_left = self.tiles_left + _PANEL_GAP
        self.panel_left += values * (self.tile_width + TILE_GAP)
        self.width = self.panel_left + _PANEL_SIZE[0] + MARGIN
        self.pitch = max(self.tile_height, line_height(LABEL_SIZE)) + TILE_GAP
        self.rows = len(latents)

    def height(self, top):
        return top + max(self.rows * self.pitch, _PANEL_SIZE[1]) + MARGIN


def _frame(layout, lines, moments, number, latents, image, title):
    moment = moments[number]
    header = SheetHeader(
        title=title,
        lines=(f"step {moment.step:,} of {moments[-1].step:,}", moment.caption),
        pictures=(image, ("decoded", moment.decoded)),
        scale=layout.scale,
    )
    top = MARGIN + header.height + _HEADER_GAP
    sheet = Sheet(layout.width, layout.height(top))
    header.draw(sheet, MARGIN, MARGIN, layout.width - 2 * MARGIN)
    for row, latent in enumerate(latents):
        y = top + row * layout.pitch
        _draw_label(sheet, layout, y, row, latent, moment.kl[row])
        for place, tile in enumerate(moment.images[row]):
            x = layout.tiles_left + place * (layout.tile_width + TILE_GAP)
            sheet.tile(x, y, tile, layout.scale)
    lines.draw_words(sheet, layout.panel_left, top)
    picture = sheet.picture
    lines.paint(picture, layout.panel_left, top, number + 1)
    return picture


def _draw_label(sheet, layout, y, row, latent, kl):
    color = INK if is_active(kl) else FAINT_INK
    y += (layout.tile_height - line_height(LABEL_SIZE)) // 2
    swatch_y = y + (line_height(LABEL_SIZE) - _SWATCH) // 2
    sheet.box(MARGIN, swatch_y, _SWATCH, _SWATCH, rgb_of(color_of(row)))
    sheet.text(layout.name_x, y, latent_name(latent), color=color)
    sheet.text(layout.kl_right, y, kl_text(kl), SMALL_SIZE, color, align="right")


def _pace(frames):
    least, most = _FRAME_MILLISECONDS
    in_tens = round(_FILM_MILLISECONDS / frames / 10) * 10
    return min(max(in_tens, least), most)
