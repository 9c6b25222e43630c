"""Numbers as people read them."""

from kbvae.names import FALLING_METRICS, METRICS
from kbvae.terminal import printable

_WIDEST = 400  # letters of a cell, which all its column is as wide as
_TO_SPACES = str.maketrans("\t\n", "  ")
_IN_NATS = ("reconstruction", "KL")
# Columns whose best value is the lowest.
_FALLING = (*FALLING_METRICS, *_IN_NATS)


def terms_table(results, factor_names=()):
    """What `kbvae evaluate` found for one thing, as aligned lines of text.

    Args:
        results: dict of `evaluate_model`.
        factor_names: names of the factors that the data set has.
    """
    from keras_bvae.evaluation.result_rows import score_row, term_rows

    rows = [
        *term_rows(results),
        *(score_row(score, results.get("codes")) for score in results["scores"]),
    ]
    if not results["scores"]:
        reason = "has no factors"
        if len(factor_names) > 0:
            reason = "has not two factors that vary for it to tell apart"
        rows.append(("β-VAE score", "none", f"{results['dataset']} {reason}"))
    return aligned(rows, right=(1,))


def comparison_table(records, sort=None):
    """Several records side by side, one a row; the best first if `sort` names a column.

    Args:
        records: dicts with `name`, `scores` and, of models, the loss terms; further
            columns in `columns`, a dict.
        sort: None, or a metric's short name, or the name of another column.
    """
    rows = [_comparison_row(record) for record in records]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    if sort is not None:
        rows.sort(key=lambda row: _rank(row.get(sort), sort))
    labels = [METRICS.get(name, name) for name in columns]
    lines = [[_number(name, row.get(name)) for name in columns] for row in rows]
    numbers = tuple(range(1, len(columns)))
    return aligned([labels, *lines], right=numbers)


def seconds_text(seconds):
    """12.3 s, 4 min 12 s, 2 h 05 min."""
    from keras_bvae.evaluation.result_rows import duration_text

    return duration_text(seconds)


def _comparison_row(record):
    row = {"name": record["name"]}
    if "reconstruction" in record:
        row["reconstruction"] = record["reconstruction"]
        row["KL"] = record["kl"]
        row["active"] = len(record["active_latents"])
    row.update({score["metric"]: score["score"] for score in record["scores"]})
    return {**row, **record.get("columns", {})}


def _rank(value, column):
    """Sorts the best to the top and what is missing to the bottom."""
    if value is None:
        return (1, 0.0)
    return (0, value if column in _FALLING else -value)


def _number(column, value):
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.2f}" if column in _IN_NATS else f"{value:.4f}"
    return str(value)


def aligned(rows, right):
    """Lines of text with the columns in `right` flush right and the last one ragged.

    Args:
        rows: tuples of text, all of the same length.
        right: places of the columns that are numbers.
    """
    rows = [[_cell(text) for text in row] for row in rows]
    count = len(rows[0])
    widths = [max(len(row[column]) for row in rows) for column in range(count)]
    lines = []
    for row in rows:
        cells = [
            f"{cell:>{width}}" if column in right else f"{cell:<{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _cell(text):
    """A run, a data set and its factors may be called whatever a file can be."""
    line = printable(text).translate(_TO_SPACES)
    half = _WIDEST // 2
    return line if len(line) <= _WIDEST else f"{line[:half]}…{line[-half:]}"
