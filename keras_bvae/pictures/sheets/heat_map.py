"""A table of numbers as shaded cells, each with its number in it, and a scale."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.pictures.colors import FAINT_INK, PAPER, RULE, number_color, shade
from keras_bvae.pictures.sheets.sheet import FRAME_WIDTH, MARGIN, SheetHeader
from keras_bvae.pictures.sheets.typeface import (
    CAPITAL_HEIGHT,
    LABEL_SIZE,
    SMALL_SIZE,
    font,
    in_two_lines,
    line_height,
    shortened,
    text_width,
)
from keras_bvae.rules import require_finite

LEGEND = "Framed: the largest value of each column"
_CELL_HEIGHT = 26
_CELL_PADDING = 7
_CELL_WIDTHS = (54, 118)
_LINE = 1  # between cells
_LABEL_WIDTH = 140
_LABEL_GAP = 8
_HEADING_GAP = 6
_SCALE_GAP = 12
_SCALE_SIZE = (120, 10)


def heat_map_sheet(table, row_labels, column_labels, title="", lines=(), largest=None):
    """Draws a table of numbers as shaded cells, each with its number in it.

    Darker is larger; the largest value of each column is framed, both where two are
    equal, and none where all are 0. A cell without a value shows "-".

    Args:
        table, row_labels, column_labels, largest: as for `HeatMap`; for example latents
            down and factors across.
        title: str, may be empty.
        lines: tuple of str, what was measured and on what.

    Returns:
        Sheet.

    Raises:
        ValueError: as for `HeatMap`.
    """
    cells = HeatMap(table, row_labels, column_labels, largest=largest)
    header = SheetHeader(title=title, lines=(*lines, LEGEND))
    sheet, top = header.above(cells.width, cells.height)
    cells.draw(sheet, MARGIN, top)
    return sheet


@dataclass(frozen=True)
class HeatMap:
    """A table with its labels, which knows its size and how to draw itself.

    Args:
        table: array, shape `(rows, columns)`, each at least 0, or NaN for no value.
        row_labels, column_labels: str each, as many as the table has rows and columns.
        title: str, what the numbers are, and their unit.
        lines: tuple of str, printed smaller below the title.
        largest: float above 0, the value of the darkest shade, as large values have it
            too. None: the table's largest, which makes two maps incomparable by eye.

    Raises:
        ValueError: the table has another shape than its labels, is empty or holds
            something else than finite numbers and NaN, or `largest` is out of range.
    """

    table: np.ndarray
    row_labels: tuple
    column_labels: tuple
    title: str = ""
    lines: tuple = ()
    largest: float | None = None

    def __post_init__(self):
        table = _as_table(self.table, self.row_labels, self.column_labels)
        require_finite(
            "largest",
            self.largest,
            above=0,
            of="a heat map",
            advice="Leave it out to shade by the table's own largest.",
            optional=True,
        )
        object.__setattr__(self, "table", table)
        if self.largest is None:
            # A table without anything to show is light all over.
            highest = float(max(table[np.isfinite(table)], default=0))
            object.__setattr__(self, "largest", highest if highest > 0 else 1.0)

    @cached_property
    def cell_width(self):
        """Pixels, the same for all columns: what the widest label or number needs."""
        texts = [number_text(value) for value in self.table.ravel()]
        texts += [line for label in self.column_labels for line in _lines(label)]
        widest = max(text_width(text, SMALL_SIZE) for text in texts)
        narrowest, limit = _CELL_WIDTHS
        return min(max(widest + 2 * _CELL_PADDING, narrowest), limit)

    @property
    def width(self):
        """Pixels, labels and scale included."""
        columns = self.table.shape[1] * (self.cell_width + _LINE) + _LINE
        scale = _SCALE_SIZE[0] + sum(self._scale_text_widths)
        return self._grid_left + max(columns, scale)

    @property
    def height(self):
        """Pixels from the top of the column labels to the scale's lower edge."""
        rows = len(self.table) * (_CELL_HEIGHT + _LINE) + _LINE
        return self._heading_height + rows + _SCALE_GAP + line_height(SMALL_SIZE)

    def cell_corner(self, row, column):
        """Left and upper edge of a cell, from the corner of the whole map."""
        return (
            self._grid_left + _LINE + column * (self.cell_width + _LINE),
            self._heading_height + _LINE + row * (_CELL_HEIGHT + _LINE),
        )

    def draw(self, sheet, x, y):
        """Draws cells, labels and scale, without title and lines, at `(x, y)`."""
        self._draw_labels(sheet, x, y)
        left, top = self.cell_corner(0, 0)
        right, bottom = self.cell_corner(*self.table.shape)
        width, height = right - left + _LINE, bottom - top + _LINE
        sheet.box(x + left - _LINE, y + top - _LINE, width, height, RULE)
        highest = self._highest_cells()
        for row, column in np.ndindex(self.table.shape):
            left, top = self.cell_corner(row, column)
            value, is_highest = self.table[row, column], highest[row, column]
            self._draw_cell(sheet, x + left, y + top, value, is_highest)
        self._draw_scale(sheet, x + self._grid_left, y + bottom - _LINE + _SCALE_GAP)

    @cached_property
    def _grid_left(self):
        widths = [text_width(label) for label in self.row_labels]
        return min(max(widths), _LABEL_WIDTH) + _LABEL_GAP

    @cached_property
    def _heading_height(self):
        lines = max(len(_lines(label)) for label in self.column_labels)
        return lines * line_height(SMALL_SIZE) + _HEADING_GAP

    @property
    def _scale_text_widths(self):
        ends = (0.0, self.largest)
        return [text_width(number_text(end), SMALL_SIZE) + _LABEL_GAP for end in ends]

    def _highest_cells(self):
        """Which cells hold their column's largest value; none of an empty column."""
        values = np.where(np.isnan(self.table), 0.0, self.table)
        return (values > 0) & (values == values.max(axis=0))

    def _draw_labels(self, sheet, x, y):
        bottom = y + self._heading_height - _HEADING_GAP
        for column, label in enumerate(self.column_labels):
            middle = x + self.cell_corner(0, column)[0] + self.cell_width // 2
            lines = _lines(label)
            line_y = bottom - len(lines) * line_height(SMALL_SIZE)
            for line in lines:
                line = shortened(line, self.cell_width - _LABEL_GAP, SMALL_SIZE)
                sheet.text(middle, line_y, line, SMALL_SIZE, FAINT_INK, align="center")
                line_y += line_height(SMALL_SIZE)
        right = x + self._grid_left - _LABEL_GAP
        for row, label in enumerate(self.row_labels):
            top = y + self.cell_corner(row, 0)[1] + _text_top(LABEL_SIZE)
            sheet.text(right, top, shortened(label, _LABEL_WIDTH), align="right")

    def _draw_cell(self, sheet, x, y, value, is_highest):
        box, color = (x, y, self.cell_width, _CELL_HEIGHT), shade(value, self.largest)
        sheet.box(*box, PAPER)
        if is_highest:
            # A line of paper keeps the frame apart from a shade of its own lightness.
            sheet.frame(*_within(box, FRAME_WIDTH))
            box = _within(box, FRAME_WIDTH + 1)
        sheet.box(*box, color)
        ink = FAINT_INK if np.isnan(value) else number_color(color)
        middle, top = x + self.cell_width // 2, y + _text_top(SMALL_SIZE)
        sheet.text(middle, top, number_text(value), SMALL_SIZE, ink, align="center")

    def _draw_scale(self, sheet, x, y):
        width, height = _SCALE_SIZE
        before, _ = self._scale_text_widths
        sheet.text(x, y, number_text(0.0), SMALL_SIZE, FAINT_INK)
        x += before
        top = y + (line_height(SMALL_SIZE) - height) // 2
        sheet.box(x - 1, top - 1, width + 2, height + 2, RULE)
        shades = np.uint8([[shade(step, width - 1) for step in range(width)]])
        sheet.tile(x, top, shades.repeat(height, axis=0), scale=1)
        end = number_text(self.largest)
        sheet.text(x + width + _LABEL_GAP, y, end, SMALL_SIZE, FAINT_INK)


def number_text(value):
    """A number as a cell prints it: two decimals, few digits if large, "-" for NaN."""
    if math.isnan(value):
        return "-"
    # Adding 0.0 turns the -0.0 that rounding can leave into 0.0.
    return f"{round(float(value), 2) + 0.0:.2f}" if value < 1e4 else f"{value:.1e}"


def _lines(label):
    return in_two_lines(label, _CELL_WIDTHS[1] - 2 * _CELL_PADDING, SMALL_SIZE)


def _within(box, inset):
    x, y, width, height = box
    return x + inset, y + inset, width - 2 * inset, height - 2 * inset


def _text_top(size):
    """Where in a cell a line of text begins, so that its capitals are centred."""
    ascent, _ = font(size).getmetrics()
    return round((_CELL_HEIGHT + CAPITAL_HEIGHT * size) / 2) - ascent


def _as_table(table, row_labels, column_labels):
    try:
        table = np.asarray(table, float)
    except (TypeError, ValueError) as error:
        raise InvalidValue(
            f"A heat map's `table` must be numbers; received {error}. Pass an array "
            "(latents, factors)."
        ) from error
    shape = (len(row_labels), len(column_labels))
    if table.shape != shape or not table.size:
        raise InvalidValue(
            "A heat map's `table` must have a row for each row label and a column for "
            f"each column label, at least one; received shape {table.shape} for "
            f"{shape[0]} and {shape[1]} labels. Pass latents down and factors across."
        )
    if np.isinf(table).any():
        raise InvalidValue(
            "A heat map's `table` must be finite, or NaN for no value; received "
            f"{np.isinf(table).sum()} infinite values. Look for a division by 0."
        )
    return table
