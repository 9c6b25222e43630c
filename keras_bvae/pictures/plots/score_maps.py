"""The tables in metrics' records that people look at, as heat maps."""

import numpy as np

from keras_bvae.pictures.plots.heat_map import HeatMap

# Record's part, and what stands above its picture.
_TABLES = {
    "mig": ("mutual_information", "Mutual information", "nats, of latent and factor"),
    "dci": ("importance_matrix", "Importance (DCI)", "each factor's column sums to 1"),
    "quick_dci": (
        "importance_matrix",
        "Importance (quick DCI)",
        "each factor's column sums to 1",
    ),
}


def score_maps(scores):
    """Latents × factors of those records that have such a table.

    Args:
        scores: list of dicts, records of metrics with `metric`, their short name.

    Returns:
        list of `HeatMap`, mutual information first; empty where no record has one.
    """
    records = {score["metric"]: score for score in scores}
    maps = []
    for name, (part, title, line) in _TABLES.items():
        if name not in records:
            continue
        table = np.array(records[name]["parts"][part], dtype=float)
        maps.append(
            HeatMap(
                table=table,
                row_labels=tuple(f"z{latent}" for latent in range(len(table))),
                column_labels=tuple(records[name]["settings"]["factor_names"]),
                title=title,
                lines=(line,),
            )
        )
    return maps
