import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model

import keras_bvae as kb
from keras_bvae.pictures.colors import ACCENT, PAPER
from keras_bvae.pictures.sheets.heat_map import HeatMap
from keras_bvae.pictures.sheets.marks import Text
from keras_bvae.pictures.sheets.representation_sheet import (
    WIDEST_SHEET,
    heat_maps,
    representation_sheet,
    score_maps,
)
from keras_bvae.pictures.sheets.sheet import MARGIN


def record(metric, part, table):
    return {
        "metric": metric,
        "parts": {part: np.asarray(table).tolist()},
        "settings": {"factor_names": ["shape", "scale"]},
    }


TABLE = [[0.1, 0.2], [0.3, 0.0], [1.0, 0.5]]


FACTORS = ("shape", "scale", "orientation", "position_x", "position_y")


def make_map(rows=10, factors=FACTORS, title="Mutual information, nats", lines=()):
    values = np.random.default_rng(0).uniform(0.01, 0.99, (rows, len(factors)))
    labels = [f"z{number}" for number in range(rows)]
    return HeatMap(values, labels, factors, title, lines)


def frames(picture):
    """Columns and rows of pixels that hold the accent, in which frames are drawn."""
    rows, columns = np.nonzero((np.asarray(picture.picture) == ACCENT).all(axis=-1))
    return columns, rows


@pytest.mark.parametrize("rows", [10, 32])
def test_two_maps_of_five_factors_stand_side_by_side(rows):
    one, two = make_map(rows), make_map(rows, title="Importance, DCI")
    picture = representation_sheet([one, two], "title", ("a line",))
    # 36 pixels between them; a title line of 24 and 5, two lines of 19, 18 of paper,
    # then the maps' own titles: 19 and 8.
    assert picture.width == one.width + 36 + two.width + 2 * MARGIN <= WIDEST_SHEET
    header = 24 + 5 + 2 * 19 + 18 + 19 + 8
    assert picture.height == header + one.height + 2 * MARGIN
    pixels = np.asarray(picture.picture)
    top = MARGIN + header
    left = pixels[top:-MARGIN, MARGIN : MARGIN + one.width]
    start = MARGIN + one.width + 36
    # The same table, so the same cells.
    np.testing.assert_array_equal(left, pixels[top:-MARGIN, start : start + two.width])


def test_wide_maps_stand_one_below_the_other():
    factors = tuple(f"a factor with a name {number}" for number in range(7))
    one, two = make_map(4, factors), make_map(6, factors)
    picture = representation_sheet([one, two])
    assert picture.width == one.width + 2 * MARGIN
    assert picture.height > one.height + two.height
    columns, rows = frames(picture)
    assert columns.max() < MARGIN + one.width
    assert rows.max() - rows.min() > one.height


def test_one_map_is_enough():
    one = make_map()
    picture = representation_sheet([one])
    assert picture.width == one.width + 2 * MARGIN
    assert len(frames(picture)[0])


def test_cells_are_level_though_one_map_has_more_lines():
    one = make_map(lines=("20 bins", "10,000 images"))
    two = make_map(title="")
    picture = representation_sheet([one, two])
    columns, rows = frames(picture)
    is_left = columns < MARGIN + one.width
    np.testing.assert_array_equal(np.unique(rows[is_left]), np.unique(rows[~is_left]))


@pytest.mark.parametrize("factors", [("x",), FACTORS, FACTORS * 3])
def test_nothing_is_drawn_in_the_margins(factors):
    maps = [
        make_map(3, factors, title="word " * 50, lines=("word " * 50,)),
        make_map(5, factors),
    ]
    pixels = np.asarray(
        representation_sheet(maps, "word " * 30, ("word " * 30,)).picture
    )
    inked = (pixels != PAPER).any(axis=-1)
    inked[MARGIN:-MARGIN, MARGIN:-MARGIN] = False
    assert not inked.any()


def test_no_map_is_refused():
    with pytest.raises(ValueError, match="at least one HeatMap; received none"):
        representation_sheet([])


def test_the_records_with_tables_become_maps():
    records = [
        record("dci", "importance_matrix", TABLE),
        {"metric": "irs", "parts": {}, "settings": {}},
        record("mig", "mutual_information", TABLE),
    ]
    information, importance = score_maps(records)
    assert "Mutual information" in information.title
    assert "DCI" in importance.title
    assert information.row_labels == ("z0", "z1", "z2")
    assert information.column_labels == ("shape", "scale")
    np.testing.assert_array_equal(importance.table, TABLE)


def test_other_records_have_none():
    assert score_maps([{"metric": "sap", "parts": {}, "settings": {}}]) == []
    assert score_maps([]) == []


def texts(sheet):
    return {mark.text for mark in sheet.marks if isinstance(mark, Text)}


def test_a_records_table_is_drawn_with_its_labels():
    mig = record("mig", "mutual_information", [[0.11, 0.22], [0.33, 0.0]])
    sheet = kb.figures.heat_maps([mig], title="a run", lines=("dsprites",))
    assert isinstance(sheet, kb.pictures.Sheet)
    wanted = {"a run", "dsprites", "shape", "scale", "z0", "z1", "0.11", "0.22", "0.33"}
    assert wanted <= texts(sheet)


def test_what_evaluate_representation_returns_can_be_drawn():
    model, dataset = small_model(), Squares()
    scores = kb.metrics.evaluate_representation(
        lambda images: model.encode(images)[0], dataset, ["mig"]
    )
    assert {"row", "column", "z2"} <= texts(heat_maps(scores))


def test_records_without_a_table_are_refused():
    with pytest.raises(ValueError, match="mig or dci; received records of sap"):
        heat_maps([{"metric": "sap", "parts": {}, "settings": {}}])
    with pytest.raises(ValueError, match="received records of nothing"):
        heat_maps([])


@pytest.mark.parametrize(
    "scores",
    [
        [{"metric": "mig"}],
        [{"metric": "mig", "parts": {}}],
        {"mig": {"metric": "mig", "score": 0.5}},
    ],
)
def test_a_record_without_its_parts_has_no_table(scores):
    with pytest.raises(ValueError, match="mig or dci; received records of mig"):
        heat_maps(scores)


def test_a_record_that_names_no_factors_has_numbers():
    mig = {"metric": "mig", "parts": {"mutual_information": TABLE}}
    assert {"factor 0", "factor 1"} <= texts(heat_maps([mig]))


@pytest.mark.parametrize("table", [[[1], [1, 2]], 5, "text", [[{}]], None])
def test_a_table_of_something_else_is_refused(table):
    mig = {"metric": "mig", "parts": {"mutual_information": table}}
    with pytest.raises(ValueError, match="rows of numbers, all of a length; received"):
        heat_maps([mig])


@pytest.mark.parametrize("scores", [{"metric": "mig"}, [3], "mig"])
def test_what_is_no_record_is_refused(scores):
    with pytest.raises(TypeError, match="among them"):
        heat_maps(scores)
