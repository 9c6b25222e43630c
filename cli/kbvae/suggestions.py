"""What somebody may have meant who typed the name of no option and no command."""

import difflib

_MOST = 3
# What is less alike than this share of the best is not worth reading.
_NEAR = 0.75
# What other programs call it: names that share no letters with ours, or too many.
_ELSEWHERE = {
    "backend": ("framework", "engine", "keras-backend"),
    "batch-size": ("bs", "batch"),
    "beta": ("kl-weight", "kld-weight"),
    "count": ("n", "num", "number", "samples", "n-samples", "num-samples"),
    "data": ("dataset", "input", "data-dir", "data-path", "folder"),
    "early-stopping": ("patience",),
    "epochs": ("n-epochs", "num-epochs", "max-epochs"),
    "image": ("index", "id"),
    "images": ("index", "indices", "ids"),
    "latent-dim": ("z", "z-dim", "nz", "zdim", "dim", "latents", "n-latents", "codes"),
    "init-from": ("pretrained", "finetune", "fine-tune", "weights", "init"),
    "learning-rate-schedule": ("scheduler", "lr-scheduler", "decay", "lr-decay"),
    "learning-rate": ("lr", "step-size"),
    "network": ("arch", "architecture", "encoder", "decoder"),
    "objective": ("model", "loss", "method", "algorithm", "vae"),
    "out": ("output", "save", "save-dir", "log-dir", "file", "name"),
    "precision": ("dtype", "fp16", "amp", "mixed-precision", "half"),
    "preset": ("config", "recipe"),
    "resume": ("checkpoint", "load", "continue", "restart", "ckpt"),
    "seed": ("random-state", "rng"),
    "steps": ("iterations", "iters", "max-iter", "n-iter", "updates"),
    "validation": ("val-split", "val", "holdout", "test-size"),
    "warm-up-steps": ("warmup", "warm-up"),
    "evaluate": ("test", "score", "measure", "metrics"),
    "explore": ("serve", "demo", "gui", "app", "ui"),
    "sample": ("generate",),
    "train": ("fit", "run", "resume"),
    "traverse": ("plot", "visualize", "visualise", "latents"),
}


def suggested(typed, names):
    """Those of the names that were most likely meant, the likeliest first.

    Args:
        typed: str, with or without hyphens before it.
        names: sequence of str, options with their hyphens, or commands.

    Returns:
        list of str, at most three; empty where nothing is alike.
    """
    word = _bare(typed)
    for is_alike in (_is_called_elsewhere, _is_short_for, _shares_a_word):
        found = [name for name in names if is_alike(word, _bare(name))]
        if found:
            return _likeliest(word, found)
    close = difflib.get_close_matches(word[:99], [_bare(n) for n in names], n=_MOST)
    return _likeliest(word, [name for name in names if _bare(name) in close])


def hint(typed, names):
    """A sentence that asks whether one of the names was meant, or ""."""
    likely = suggested(typed, names)
    return f" Did you mean {' or '.join(map(repr, likely))}?" if likely else ""


def _likeliest(word, names):
    shares = {name: _likeness(word, _bare(name)) for name in names}
    least = _NEAR * max(shares.values(), default=0)
    near = [name for name in names if shares[name] >= least]
    return sorted(near, key=lambda name: -shares[name])[:_MOST]


def _is_called_elsewhere(word, name):
    return word in _ELSEWHERE.get(name, ()) or _joined(word) == _joined(name)


def _is_short_for(word, name):
    """Its beginning, its initials, or the name with an ending."""
    if len(word) < 2:  # it may be anything
        return False
    initials = "".join(part[:1] for part in name.split("-"))
    is_longer = len(name) > 2 and len(word) < 2 * len(name) and word.startswith(name)
    return name.startswith(word) or word == initials or is_longer


def _shares_a_word(word, name):
    return any(len(part) > 2 for part in {*word.split("-")} & {*name.split("-")})


def _likeness(word, name):
    return difflib.SequenceMatcher(None, word[:99], name).ratio()


def _bare(name):
    return name.lstrip("-").lower().replace("_", "-")


def _joined(name):
    return name.replace("-", "")
