"""Numbers as people read them."""

# Each part's name, and what it is if a sample of images stands for all of them.
_PARTS_OF_KL = {
    "mutual_information": ("mutual information", "at most"),
    "total_correlation": ("total correlation", "at least"),
    "dimension_wise_kl": ("dimension-wise KL", "about"),
}


def terms_table(results):
    """What `evaluate_model` returned, as aligned lines of text."""
    rows = [
        ("reconstruction", f"{results['reconstruction']:.2f} nats", "per image"),
        ("KL", f"{results['kl']:.2f} nats", "per image, all latents"),
        *_penalty_rows(results.get("penalties", {})),
        *_decomposition_rows(results.get("decomposition")),
        (
            "active latents",
            f"{len(results['active_latents'])} of {len(results['kl_of_each_latent'])}",
            _latents(results["kl_of_each_latent"]),
        ),
    ]
    for score in results["scores"]:
        name = "β-VAE score" if score["name"] == "beta_vae_score" else score["name"]
        rows.append((name, f"{score['score']:.4f}", _protocol(score)))
    if not results["scores"]:
        rows.append(("β-VAE score", "none", f"{results['dataset']} has no factors"))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {note}"
        for name, value, note in rows
    )


def seconds_text(seconds):
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


def _protocol(score):
    settings = score["settings"]
    return (
        f"protocol {score['protocol']}: {len(settings['factor_names'])} factors, "
        f"L = {settings['pairs']}, {settings['train_points']:,} + "
        f"{settings['test_points']:,} points, seed {score['seed']}"
    )
