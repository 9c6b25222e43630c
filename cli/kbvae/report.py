"""Numbers as people read them."""

from kbvae.names import FALLING_METRICS, METRICS

_IN_NATS = ("reconstruction", "KL")
# Columns whose best value is the lowest.
_FALLING = (*FALLING_METRICS, *_IN_NATS)

_WITHOUT_FACTORS = ("unsupervised", "active_units")

# Each part's name, and what it is if a sample of images stands for all of them.
_PARTS_OF_KL = {
    "mutual_information": ("mutual information", "at most"),
    "total_correlation": ("total correlation", "at least"),
    "dimension_wise_kl": ("dimension-wise KL", "about"),
}


def terms_table(results):
    """What `kbvae evaluate` found for one thing, as aligned lines of text."""
    rows = [
        *_model_rows(results),
        *(_score_row(score, results.get("codes")) for score in results["scores"]),
    ]
    if not results["scores"]:
        rows.append(("β-VAE score", "none", f"{results['dataset']} has no factors"))
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
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def _model_rows(results):
    if "reconstruction" not in results:
        return []
    active = f"{len(results['active_latents'])} of {len(results['kl_of_each_latent'])}"
    return [
        ("reconstruction", f"{results['reconstruction']:.2f} nats", "per image"),
        ("KL", f"{results['kl']:.2f} nats", "per image, all latents"),
        *_penalty_rows(results.get("penalties", {})),
        *_decomposition_rows(results.get("decomposition")),
        *_bound_rows(results.get("bound")),
        ("active latents", active, _latents(results["kl_of_each_latent"])),
    ]


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


def _penalty_rows(penalties):
    """The objective's own terms, as a training batch would see them."""
    return [
        (name.replace("_", " "), f"{value:.2f}", "of the objective, by batches of 250")
        for name, value in penalties.items()
    ]


def _decomposition_rows(decomposition):
    """The parts of the KL, if they were asked for."""
    if decomposition is None:
        return []
    images, draws = (f"{decomposition[key]:,}" for key in ("images", "draws"))
    is_sample = decomposition["images"] < decomposition["dataset_size"]
    rows = []
    for key, (name, bound) in _PARTS_OF_KL.items():
        error = decomposition["standard_error"][key]
        value = f"{decomposition[key]:.2f} ± {error:.2f} nats"
        source = f"{bound}: a sample of" if is_sample else "over"
        rows.append((name, value, f"{source} {images} images, {draws} draws"))
    return rows


def _latents(kl):
    ranked = sorted(range(len(kl)), key=lambda index: -kl[index])
    return "  ".join(f"z{index} {kl[index]:.2f}" for index in ranked)


def _bound_rows(bound):
    """The bound on log p(x) and the ELBO of the same draws, if they were asked for."""
    if bound is None:
        return []
    source = f"{bound['images']} images, {bound['samples']} draws each"
    return [
        (
            "log p(x)",
            f"{bound['bound']:.2f} ± {bound['standard_error']['bound']:.2f} nats",
            f"at least: importance-weighted, {source}",
        ),
        (
            "ELBO",
            f"{bound['elbo']:.2f} ± {bound['standard_error']['elbo']:.2f} nats",
            f"of the same draws, each worth {bound['effective_sample_share']:.0%}",
        ),
    ]


def _score_row(score, codes=None):
    value = score["score"]
    text = "undefined" if value is None else f"{value:.4f}"
    notes = [
        "of draws, not means" if codes == "samples" else "",
        _details(score),
        _protocol(score),
    ]
    return (score["label"], text, "; ".join(note for note in notes if note))


def _details(score):
    """What else people quote of a metric."""
    parts = score["parts"]
    if score["metric"] in ("dci", "quick_dci"):
        return (
            f"completeness {parts['completeness']:.4f}, informativeness "
            f"{parts['informativeness_test']:.4f}"
        )
    if score["metric"] == "factor_vae":
        return f"{parts['num_active_dims']} of {score['settings']['latent_dim']} active"
    if score["metric"] == "unsupervised":
        return (
            f"Wasserstein {parts['gaussian_wasserstein_correlation']:.4f}, mutual "
            f"information between codes {parts['mutual_info_score']:.4f} nats"
        )
    return ""


def _protocol(score):
    settings = score["settings"]
    words = []
    if settings.get("factor_names") and score["metric"] not in _WITHOUT_FACTORS:
        words.append(f"{len(settings['factor_names'])} factors")
    if "pairs" in settings:
        words.append(f"L = {settings['pairs']}")
    keys = ("train_points", "test_points", "images")
    points = [f"{settings[key]:,}" for key in keys if key in settings]
    words.append(f"{' + '.join(points)} points")
    if settings.get("image_pool"):
        words.append(f"among {settings['image_pool']:,} images")
    return f"protocol {score['protocol']}: {', '.join(words)}, seed {score['seed']}"
