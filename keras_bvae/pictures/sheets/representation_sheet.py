"""Heat maps on one sheet, and those that metrics' records hold."""

import numpy as np

from keras_bvae.errors import InvalidType, InvalidValue
from keras_bvae.pictures.colors import FAINT_INK
from keras_bvae.pictures.sheets.heat_map import LEGEND, HeatMap
from keras_bvae.pictures.sheets.sheet import MARGIN, SheetHeader
from keras_bvae.pictures.sheets.typeface import (
    LABEL_SIZE,
    SMALL_SIZE,
    line_height,
    shortened,
    text_width,
)

# Maps that together are wider stand one below the other: a sheet is read at this width.
WIDEST_SHEET = 1080
_MAP_GAP = 36
_CAPTION_GAP = 8
# Of a metric's record: which part is a table, and what stands above its map.
_TABLES = {
    "mig": ("mutual_information", "Mutual information", "nats, of latent and factor"),
    "dci": ("importance_matrix", "Importance (DCI)", "each factor's column sums to 1"),
    "quick_dci": (
        "importance_matrix",
        "Importance (quick DCI)",
        "each factor's column sums to 1",
    ),
}


def representation_sheet(maps, title="", lines=()):
    """Puts heat maps on one sheet: side by side, or in a column if that is too wide.

    Args:
        maps: HeatMap each, at least one: for example mutual information in nats and
            the importances of DCI. Their own titles and lines stand above them.
        title: str, may be empty; for example the checkpoint's name.
        lines: tuple of str, for example beta and the data set.

    Returns:
        Sheet.

    Raises:
        ValueError: no maps.
    """
    maps = tuple(maps)
    if not maps:
        raise InvalidValue(
            "`maps` must hold at least one HeatMap; received none. Pass "
            "HeatMap(table, row_labels, column_labels) for each table."
        )
    header = SheetHeader(title=title, lines=(*lines, LEGEND))
    corners, width, height = _places(maps)
    sheet, top = header.above(width, height)
    for cells, (x, y) in zip(maps, corners, strict=True):
        _draw_caption(sheet, cells, MARGIN + x, top + y)
        y += _caption_height(maps)
        cells.draw(sheet, MARGIN + x, top + y)
    return sheet


def heat_maps(scores, title="", lines=()):
    """A sheet with the tables in metrics' records: latents down, factors across.

    Args:
        scores: dict of `Score` by the metric's name, as `evaluate_representation`
            returns it, or list of dicts with `metric`, `parts` and `settings`, as
            `kbvae evaluate` writes them. Those of "mig", "dci" and "quick_dci" have a
            table.
        title: str, may be empty.
        lines: tuple of str.

    Returns:
        Sheet.

    Raises:
        ValueError: no record has a table.
        TypeError: it is neither.
    """
    if isinstance(scores, dict):
        scores = [
            {"metric": name, **s.as_dict()} if hasattr(s, "as_dict") else s
            for name, s in scores.items()
        ]
    strange = next((record for record in scores if not isinstance(record, dict)), None)
    if strange is not None:
        raise InvalidType(
            "Heat maps are drawn of a dict of `Score` by the metric's name, or of a "
            f"list of records; received a {type(strange).__name__} among them. Put a "
            "single record into a list."
        )
    maps = score_maps(scores)
    if not maps:
        raise InvalidValue(
            "A heat map needs the record of mig or dci; received records of "
            f"{', '.join(str(r.get('metric')) for r in scores) or 'nothing'}. "
            "Measure one of these two."
        )
    return representation_sheet(maps, title, lines)


def score_maps(scores):
    """Latents × factors of those records that have such a table.

    Args:
        scores: list of dicts, records of metrics with `metric`, their short name.

    Returns:
        list of `HeatMap`, mutual information first; empty where no record has one.
    """
    records = {score.get("metric"): score for score in scores}
    maps = []
    for name, (part, title, line) in _TABLES.items():
        record = records.get(name, {})
        if part not in record.get("parts", {}):
            continue
        table = _numbers(record["parts"][part])
        # A score may count some factors only; of an older record, which is not known.
        factors = record.get("settings", {}).get("factor_names")
        if factors is None:
            factors = [f"factor {number}" for number in range(table.shape[1])]
        maps.append(
            HeatMap(
                table=table,
                row_labels=tuple(f"z{latent}" for latent in range(len(table))),
                column_labels=tuple(factors),
                title=title,
                lines=(line,),
            )
        )
    return maps


def _numbers(table):
    try:
        numbers = np.array(table, dtype=float)
    except (TypeError, ValueError):
        numbers = np.empty(0)
    if numbers.ndim != 2:
        raise InvalidValue(
            "A metric's table must be rows of numbers, all of a length; received "
            f"{table!r:.80}. Measure it again."
        )
    return numbers


def _places(maps):
    """Each map's corner, caption included, and the width and height of them all."""
    widths = [_width(cells) for cells in maps]
    heights = [_caption_height(maps) + cells.height for cells in maps]
    abreast = sum(widths) + _MAP_GAP * (len(maps) - 1)
    if abreast + 2 * MARGIN <= WIDEST_SHEET:
        starts = [sum(widths[:i]) + _MAP_GAP * i for i in range(len(maps))]
        return [(x, 0) for x in starts], abreast, max(heights)
    starts = [sum(heights[:i]) + _MAP_GAP * i for i in range(len(maps))]
    return [(0, y) for y in starts], max(widths), starts[-1] + heights[-1]


def _width(cells):
    """Pixels of a map and its title; a title grows the sheet no wider than two maps."""
    return max(cells.width, min(text_width(cells.title), WIDEST_SHEET // 2 - _MAP_GAP))


def _caption_height(maps):
    """The same above all maps, so that their cells are level."""
    titles = line_height(LABEL_SIZE) * any(cells.title for cells in maps)
    lines = line_height(SMALL_SIZE) * max(len(cells.lines) for cells in maps)
    return titles + lines + _CAPTION_GAP * bool(titles + lines)


def _draw_caption(sheet, cells, x, y):
    width = _width(cells)
    if cells.title:
        sheet.text(x, y, shortened(cells.title, width))
        y += line_height(LABEL_SIZE)
    for line in cells.lines:
        sheet.text(x, y, shortened(line, width, SMALL_SIZE), SMALL_SIZE, FAINT_INK)
        y += line_height(SMALL_SIZE)
