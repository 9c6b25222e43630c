"""Results as people read them: terms, scores and times, with where each comes from.

The terminal's tables and the HTML report show the same rows.
"""

from keras_bvae.datasets.values import names_of_kind

# Metrics that look at the codes alone.
_WITHOUT_FACTORS = ("unsupervised", "active_units")
# Metrics whose score is a whole number.
_COUNTS = ("active_units",)
# Of each metric's parts and settings what people quote beside the score.
_QUOTED = {
    "dci": ("completeness", "informativeness_test"),
    "quick_dci": ("completeness", "informativeness_test"),
    "factor_vae": ("num_active_dims", "latent_dim"),
    "unsupervised": ("gaussian_wasserstein_correlation", "mutual_info_score"),
}
# Each part's name, and what it is if a sample of images stands for all of them.
_PARTS_OF_KL = {
    "mutual_information": ("mutual information", "at most"),
    "total_correlation": ("total correlation", "at least"),
    "dimension_wise_kl": ("dimension-wise KL", "about"),
}


def term_rows(results):
    """Loss terms, the objective's own ones, the parts of the KL, the latents in use.

    Args:
        results: dict of `keras_bvae.evaluation.evaluate_model.evaluate_model`, with
            `decomposition` and `bound` where they were asked for.

    Returns:
        list of `(name, value, note)`; empty for a representation without a model.
    """
    if "reconstruction" not in results:
        return []
    one, many = names_of_kind(results.get("kind", "images"))
    active = f"{len(results['active_latents'])} of {len(results['kl_of_each_latent'])}"
    return [
        ("reconstruction", f"{results['reconstruction']:.2f} nats", f"per {one}"),
        ("KL", f"{results['kl']:.2f} nats", f"per {one}, all latents"),
        *_penalty_rows(results.get("penalties", {})),
        *_decomposition_rows(results.get("decomposition"), many),
        *_bound_rows(results.get("bound"), many),
        ("active latents", active, _latents(results["kl_of_each_latent"])),
    ]


def score_row(score, codes=None):
    """A metric's record: its label, the score, and how it was computed.

    Args:
        score: dict, a record of `score_records`.
        codes: "samples" where draws from the posteriors were measured.

    Returns:
        `(name, value, note)`.
    """
    notes = [
        "of draws, not means" if codes == "samples" else "",
        _details(score),
        _protocol(score),
    ]
    return (score["label"], score_text(score), "; ".join(filter(None, notes)))


def score_text(score):
    """A record's score with four decimals, a count with none, or "undefined"."""
    value = score["score"]
    if value is None:
        return "undefined"
    return f"{value:.0f}" if score["metric"] in _COUNTS else f"{value:.4f}"


def duration_text(seconds):
    """12.3 s, 4 min 12 s, 2 h 05 min."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def _penalty_rows(penalties):
    """The objective's own terms, as a training batch would see them."""
    return [
        (name.replace("_", " "), f"{value:.2f}", "of the objective, by batches of 250")
        for name, value in penalties.items()
    ]


def _decomposition_rows(decomposition, many):
    """The parts of the KL, if they were asked for."""
    if decomposition is None:
        return []
    count, draws = (f"{decomposition[key]:,}" for key in ("images", "draws"))
    is_sample = decomposition["images"] < decomposition["dataset_size"]
    rows = []
    for key, (name, bound) in _PARTS_OF_KL.items():
        error = decomposition["standard_error"][key]
        value = f"{decomposition[key]:.2f} ± {error:.2f} nats"
        source = f"{bound}: a sample of" if is_sample else "over"
        rows.append((name, value, f"{source} {count} {many}, {draws} draws"))
    return rows


def _bound_rows(bound, many):
    """The bound on log p(x) and the ELBO of the same draws, if they were asked for."""
    if bound is None:
        return []
    source = f"{bound['images']} {many}, {bound['samples']} draws each"
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


def _latents(kl):
    ranked = sorted(range(len(kl)), key=lambda index: -kl[index])
    return "  ".join(f"z{index} {kl[index]:.2f}" for index in ranked)


def _details(score):
    """What else people quote of a metric."""
    needed = _QUOTED.get(score["metric"], ())
    parts = {**score["settings"], **score["parts"]}
    if not needed or any(parts.get(name) is None for name in needed):
        return ""  # undefined, or a record of another version
    first, second = (parts[name] for name in needed)
    if score["metric"] == "factor_vae":
        return f"{first} of {second} active"
    if score["metric"] == "unsupervised":
        return (
            f"Wasserstein {first:.4f}, mutual information between codes "
            f"{second:.4f} nats"
        )
    return f"completeness {first:.4f}, informativeness {second:.4f}"


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
