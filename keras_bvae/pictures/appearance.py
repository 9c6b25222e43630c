"""What examples look like: images as they are, numbers drawn, all on one scale."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from keras_bvae.datasets.images import sample_images
from keras_bvae.datasets.values import kind_of
from keras_bvae.pictures.colors import CATEGORY_COLORS, PAPER, RULE, rgb_of

# A tile of lines or bars; drawn larger, and averaged down to smooth its edges.
_WIDTH, _HEIGHT = 96, 64
_FINER = 3
_MARGIN = 3  # pixels around lines and bars
# More columns than that are a line: bars would be thinner than two pixels.
_MOST_BARS = 45
_REACH = 3.0  # standard deviations at which a bar ends
_SAMPLE = 500
# Of the data's range, how much is left above and below its quantiles.
_QUANTILES, _ROOM = (0.005, 0.995), 0.1
_UP, _DOWN, _SHARE = (rgb_of(CATEGORY_COLORS[place]) for place in (0, 1, 2))


@dataclass(frozen=True)
class Appearance:
    """How examples are drawn; images are left alone.

    Attributes:
        kind: "table", "series", "images" or "volumes".
        mean, scale: float arrays `(channels,)`: where a bar begins, and its unit.
        low, high: float arrays `(channels,)`: the ends of a line's or shade's range.
        categorical: int, how many of a table's last entries are shares from 0 to 1.
    """

    kind: str
    mean: np.ndarray = None
    scale: np.ndarray = None
    low: np.ndarray = None
    high: np.ndarray = None
    categorical: int = 0

    def images(self, values, enlarged=1):
        """Examples as pictures.

        Args:
            values: array `(…, *shape)` of examples, any number of axes before them.
            enlarged: int, by how much lines and bars are drawn larger than in sheets.

        Returns:
            Images as they came; else uint8 array `(…, height, width, 3)`.
        """
        if self.kind == "images":
            return values
        values = np.asarray(values, "float64")
        axes = {"table": 1, "series": 2, "volumes": 4}[self.kind]
        outer, shape = values.shape[:-axes], values.shape[-axes:]
        rows = values.reshape(-1, *shape)
        if self.kind == "volumes":
            drawn = self._slices(rows)
        elif self.kind == "series":
            heights = (rows - self.low) / (self.high - self.low)
            drawn = self._lines(heights, enlarged)
        elif shape[0] > _MOST_BARS:
            z = (rows - self.mean) / self.scale
            heights = z[..., None] / (2 * _REACH) + 0.5
            drawn = self._lines(heights, enlarged, middle=True)
        else:
            drawn = np.stack([self._bars(row, enlarged) for row in rows])
        return drawn.reshape(*outer, *drawn.shape[1:])

    def decoding(self, decode):
        """A function from codes to pictures, of one from codes to examples."""
        if self.kind == "images":
            return decode
        return lambda codes: self.images(decode(codes)).astype("float32") / 255

    def rows(self, decode):
        """The same, to numbers that differences are taken of: `(n, numbers, 1, 1)`."""
        if self.kind == "images":
            return decode

        def of_one_unit(codes):
            values = np.asarray(decode(codes), "float64")
            values = (values - self.mean) / self.scale
            return values.reshape(len(values), -1, 1, 1)

        return of_one_unit

    def _bars(self, row, enlarged):
        """A table's row: each column's distance from the mean, up or down."""
        picture, pen = _blank(enlarged)
        width, height = picture.size
        margin = _MARGIN * _FINER * enlarged
        left, pitch = margin, (width - 2 * margin) / len(row)
        middle, reach = height / 2, height / 2 - margin
        pen.line(
            (margin, middle, width - margin, middle), fill=RULE, width=_FINER * enlarged
        )
        z = np.clip((row - self.mean) / self.scale / _REACH, -1, 1)
        shares = len(row) - self.categorical
        for place, value in enumerate(z):
            if place >= shares:  # a probability: up from the line, one is the top
                value, color = float(np.clip(row[place], 0, 1)), _SHARE
            else:
                color = _UP if value >= 0 else _DOWN
            x = left + place * pitch
            ends = sorted((middle, middle - value * reach))
            pen.rectangle((x, ends[0], x + 0.8 * pitch, ends[1]), fill=color)
        return _smooth(picture)

    def _lines(self, heights, enlarged, middle=False):
        """Lines over time, a colour a channel: `(n, time, channels)` in [0, 1]."""
        count, moments, channels = heights.shape
        size = (_HEIGHT * enlarged, _WIDTH * enlarged, 3)
        drawn = np.empty((count, *size), np.uint8)
        margin = _MARGIN * _FINER * enlarged
        for number, curves in enumerate(heights):
            picture, pen = _blank(enlarged)
            width, height = picture.size
            x = np.linspace(margin, width - margin, max(moments, 2))
            y = height - margin - np.clip(curves, 0, 1) * (height - 2 * margin)
            if middle:
                pen.line((margin, height / 2, width - margin, height / 2), fill=RULE)
            for channel in range(channels):
                color = rgb_of(CATEGORY_COLORS[channel % len(CATEGORY_COLORS)])
                points = list(zip(x, np.resize(y[:, channel], len(x)), strict=True))
                pen.line(
                    points, fill=color, width=(_FINER + 1) * enlarged, joint="curve"
                )
            drawn[number] = _smooth(picture)
        return drawn

    def _slices(self, volumes):
        """The three slices through the middle of volumes, with common edges."""
        shades = np.clip((volumes - self.low) / (self.high - self.low), 0, 1)
        depth, height, width = shades.shape[1:4]
        size = (height + 1 + depth, width + 1 + depth, 3)
        drawn = np.empty((len(shades), *size))
        drawn[:] = np.divide(PAPER, 255)
        # As scans are shown: from above, from the side, and from the front below.
        drawn[:, :height, :width] = _in_color(shades[:, depth // 2])
        side = shades[:, :, :, width // 2].swapaxes(1, 2)
        drawn[:, :height, width + 1 :] = _in_color(side)
        drawn[:, height + 1 :, :width] = _in_color(shades[:, :, height // 2])
        return np.rint(255 * drawn).astype(np.uint8)


def appearance_of(dataset=None, model=None):
    """How the examples of a data set, or of a model's, are drawn.

    Ranges are those of the data where there are any, else of the model's own
    standardization, or from 0 to 1.

    Args:
        dataset: Dataset, or None.
        model: with `image_shape`, `likelihood` and `standardization`; or None.

    Returns:
        Appearance.
    """
    shape = (dataset or model).image_shape
    kind = kind_of(shape)
    if kind == "images":
        return Appearance(kind)
    categorical = getattr(dataset or model, "unscaled_columns", 0)
    if dataset is not None:
        rows = sample_images(dataset, _SAMPLE).astype("float64")
        rows = rows.reshape(-1, shape[-1])
        mean, scale = rows.mean(axis=0), rows.std(axis=0)
        low, high = np.quantile(rows, _QUANTILES, axis=0)
    elif model.standardization is not None:
        mean, scale = model.standardization.mean, model.standardization.scale
        low, high = mean - _REACH * scale, mean + _REACH * scale
    else:
        is_share = model.likelihood == "bernoulli"
        low, high = (
            np.zeros(shape[-1]) - (0 if is_share else _REACH),
            np.ones(shape[-1]),
        )
        high = high * (1 if is_share else _REACH)
        mean, scale = (low + high) / 2, (high - low) / (2 * _REACH)
    spread = np.where(high > low, high - low, 1.0)
    room = 0 if kind == "volumes" else _ROOM * spread
    return Appearance(
        kind,
        mean,
        np.where(scale > 0, scale, 1.0),
        low - room,
        low + spread + room,
        categorical,
    )


def _blank(enlarged):
    size = (_WIDTH * _FINER * enlarged, _HEIGHT * _FINER * enlarged)
    picture = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, size[0] - 1, size[1] - 1), outline=RULE)
    return picture, pen


def _smooth(picture):
    size = (picture.width // _FINER, picture.height // _FINER)
    return np.asarray(picture.resize(size, Image.Resampling.BOX))


def _in_color(shades):
    """Shades `(…, channels)` as red, green and blue: one is grey, two red and green."""
    channels = shades.shape[-1]
    if channels == 1:
        return np.repeat(shades, 3, axis=-1)
    if channels == 2:
        return np.concatenate([shades, np.zeros_like(shades[..., :1])], axis=-1)
    return shades[..., :3]
