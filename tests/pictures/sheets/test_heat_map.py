import re

import numpy as np
import pytest

from keras_bvae.pictures.colors import ACCENT, PAPER, shade
from keras_bvae.pictures.sheets.heat_map import HeatMap, heat_map_sheet, number_text
from keras_bvae.pictures.sheets.sheet import MARGIN, Sheet

FACTORS = ("shape", "scale", "orientation", "position_x", "position_y")
INSET = 6  # inside a cell's frame, above its number


def names(count):
    return [f"z{number}" for number in range(count)]


def table(rows, columns=5):
    return np.random.default_rng(0).uniform(0.01, 0.99, (rows, columns))


def drawn(values, columns=FACTORS, **arguments):
    """A map by itself on a sheet with a margin, as an array of pixels."""
    cells = HeatMap(values, names(len(values)), columns, **arguments)
    sheet = Sheet(cells.width + 2 * MARGIN, cells.height + 2 * MARGIN)
    cells.draw(sheet, MARGIN, MARGIN)
    return cells, np.asarray(sheet.picture)


def corner(cells, row, column):
    x, y = cells.cell_corner(row, column)
    return MARGIN + x, MARGIN + y


@pytest.mark.parametrize("rows", [1, 10, 32])
def test_every_cell_has_the_shade_of_its_value(rows):
    values = table(rows)
    cells, pixels = drawn(values)
    for row, column in np.ndindex(values.shape):
        x, y = corner(cells, row, column)
        color = tuple(pixels[y + INSET, x + INSET])
        assert color == shade(values[row, column], values.max())


def test_largest_makes_two_maps_comparable():
    cells, pixels = drawn([[0.5, 1.0]], ("a", "b"), largest=2.0)
    other, other_pixels = drawn([[1.0, 2.0]], ("a", "b"))
    x, y = corner(cells, 0, 1)
    other_x, other_y = corner(other, 0, 0)
    color = pixels[y + INSET, x + INSET]
    np.testing.assert_array_equal(color, other_pixels[other_y + INSET, other_x + INSET])


def test_the_largest_of_each_column_is_framed():
    values = np.zeros((4, 5))
    values[1, 0] = values[3, 1] = values[0, 2] = 0.2
    values[2, 3] = values[3, 3] = 0.9  # equal: both; column 4 has nothing to frame
    values[0, 3] = np.nan
    cells, pixels = drawn(values)
    framed = {
        place
        for place in np.ndindex(values.shape)
        if tuple(pixels[corner(cells, *place)[::-1]]) == ACCENT
    }
    assert framed == {(1, 0), (3, 1), (0, 2), (2, 3), (3, 3)}


def test_a_framed_cell_keeps_to_its_place():
    values = table(2, 2)
    values[0, 0] = 5.0
    cells, pixels = drawn(values, ("a", "b"))
    rows, columns = np.nonzero((pixels == ACCENT).all(axis=-1))
    x, y = corner(cells, 0, 0)
    beside, below = corner(cells, 1, 1)
    in_first = (columns < beside) & (rows < below)
    assert columns[in_first].min() == x
    # A pixel of rule lies between two cells.
    assert columns[in_first].max() == beside - 2
    assert rows[in_first].min() == y
    assert rows[in_first].max() == below - 2


def test_a_missing_value_is_an_empty_cell():
    cells, pixels = drawn([[np.nan, 1.0]], ("a", "b"))
    x, y = corner(cells, 0, 0)
    inside = pixels[y : y + 26, x : x + cells.cell_width]
    assert tuple(inside[INSET, INSET]) == PAPER
    # The dash is written, and is no number: a few pixels in the middle.
    assert 0 < (inside != PAPER).any(axis=-1).sum() < 30


def test_a_table_of_nothing_is_drawn_light():
    for values in (np.zeros((2, 2)), np.full((2, 2), np.nan), np.full((2, 2), -1.0)):
        cells, pixels = drawn(values, ("a", "b"))
        assert cells.largest == 1.0
        x, y = corner(cells, 1, 1)
        assert tuple(pixels[y + INSET, x + INSET]) == PAPER


@pytest.mark.parametrize("rows", [1, 12])
@pytest.mark.parametrize(
    "columns",
    [
        ("x",),
        FACTORS,
        tuple(f"a factor with a long name {number}" for number in range(8)),
        ("onelongwordwithoutabreakanywhere", "azimuth_of_the_distant_camera"),
    ],
)
def test_nothing_is_drawn_in_the_margins(rows, columns):
    _, pixels = drawn(table(rows, len(columns)), columns)
    inked = (pixels != PAPER).any(axis=-1)
    inked[MARGIN:-MARGIN, MARGIN:-MARGIN] = False
    assert not inked.any()
    words = {"title": "word " * 30, "lines": ("word " * 30,)}
    labels = ["a label that is too long for its place"] * rows
    picture = heat_map_sheet(table(rows, len(columns)), labels, columns, **words)
    inked = (np.asarray(picture.picture) != PAPER).any(axis=-1)
    inked[MARGIN:-MARGIN, MARGIN:-MARGIN] = False
    assert not inked.any()


@pytest.mark.parametrize(
    "columns", [FACTORS, ("azimuth of the lamp", "azimuth of the camera") * 3]
)
def test_column_labels_keep_clear_of_each_other(columns):
    cells, pixels = drawn(table(3, len(columns)), columns)
    _, top = corner(cells, 0, 0)
    inked = (pixels[: top - 1] != PAPER).any(axis=(0, 2))
    for column in range(1, len(columns)):
        x, _ = corner(cells, 0, column)
        assert not inked[x - 3 : x + 2].any()


def test_row_labels_keep_clear_of_cells_and_each_other():
    cells, pixels = drawn(table(12))
    inked = (pixels != PAPER).any(axis=-1)
    left, _ = corner(cells, 0, 0)
    assert not inked[:, left - 6 : left - 1].any()
    for row in range(12):
        _, y = corner(cells, row, 0)
        assert inked[y : y + 26, : left - 6].any()
        assert not inked[y - 1, : left - 6].any()


def test_the_picture_is_as_large_as_header_and_table():
    picture = heat_map_sheet(table(10), names(10), FACTORS, "title", ("a line",))
    cells = HeatMap(table(10), names(10), FACTORS)
    # A title line of 24 and 5 pixels, two lines of 19, then 18 of paper.
    header = 24 + 5 + 2 * 19 + 18
    expected = (cells.width + 2 * MARGIN, cells.height + header + 2 * MARGIN)
    assert picture.picture.size == expected
    # A line of 16 and 6 of paper above, ten rows of 26 and a pixel, the scale below.
    assert cells.height == 16 + 6 + 1 + 10 * 27 + 12 + 16


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (-0.001, "0.00"),
        (1.386, "1.39"),
        (9999.0, "9999.00"),
        (123456.0, "1.2e+05"),
        (float("nan"), "-"),
    ],
)
def test_numbers_have_two_decimals_unless_they_are_large(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("values", "received"),
    [
        (np.zeros((3, 2)), "received shape (3, 2) for 2 and 3 labels"),
        (np.zeros(6), "received shape (6,) for 2 and 3 labels"),
        ([["a", "b", "c"], ["d", "e", "f"]], "could not convert string to float: 'a'"),
        ([[1.0, np.inf, 0.0], [np.inf, 0.0, 0.0]], "received 2 infinite values"),
    ],
)
def test_a_table_must_fit_its_labels_and_be_finite(values, received):
    with pytest.raises(ValueError, match=re.escape(received)):
        heat_map_sheet(values, ("z0", "z1"), ("a", "b", "c"))


def test_a_table_must_have_a_cell():
    with pytest.raises(ValueError, match=re.escape("received shape (0, 2)")):
        heat_map_sheet(np.zeros((0, 2)), (), ("a", "b"))


@pytest.mark.parametrize("largest", [0, -1.0, float("nan"), float("inf")])
def test_largest_must_be_a_number_above_0(largest):
    with pytest.raises(ValueError, match=f"received largest={largest}"):
        heat_map_sheet([[1.0]], ("z0",), ("a",), largest=largest)


@pytest.mark.parametrize("text", ["$x_{1^$", "caf\udce9\x1b", "a b_" * 100_000])
def test_labels_may_be_any_text(text):
    sheet = heat_map_sheet(table(2, 2), (text, "z1"), (text, "x"), text, (text,))
    assert sheet.width < 2000
    assert sheet.picture.size == (sheet.width, sheet.height)
