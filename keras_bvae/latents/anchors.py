"""Where a traversal starts: at the prior, or at the code that shows the most."""

from dataclasses import replace

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.latents.traversal import traverse
from keras_bvae.metrics.representation_arrays import as_floats
from keras_bvae.rules import require_seed, require_whole

# Steps of the sweep that are decoded for each candidate: the ends show most.
_TRIAL_STEPS = 5
_ADVICE = "Encode some images; 32 are plenty."


def prior_anchor(latent_dim, seed=None):
    """A code of the prior: its mean, or one draw.

    Args:
        latent_dim: int, at least 1.
        seed: int or None. None: zeros, the mean of N(0, 1).

    Returns:
        NumPy array of float32, shape `(latent_dim,)`.

    Raises:
        ValueError: `latent_dim` is no whole number >= 1, or `seed` none >= 0.
    """
    require_whole("latent_dim", latent_dim, least=1)
    if seed is None:
        return np.zeros(latent_dim, np.float32)
    require_seed(seed)
    return np.random.default_rng(seed).standard_normal(latent_dim, np.float32)


def telling_anchor(decode, codes, kl, sweep):
    """Picks the code from which every active latent's sweep can be seen.

    A weak latent acts on some images only: one that turns the square leaves a round
    sprite as it is. So the pick is the code at which the active latent that changes the
    image least changes it most. Each candidate is traversed, so 32 of them are plenty.

    Args:
        decode: callable, codes to images, as for `traverse`.
        codes: NumPy array, shape `(candidates, latent_dim)`, codes of real images.
        kl: NumPy array, shape `(latent_dim,)`, nats.
        sweep: Sweep, the one to come.

    Returns:
        int, index into `codes`; the first of equals.

    Raises:
        ValueError: no code, the shapes disagree, or a number is not finite.
    """
    codes = as_floats(codes, "codes", "numbers, (candidates, latent_dim)", _ADVICE)
    if codes.ndim != 2 or not len(codes):
        raise InvalidValue(
            "`codes` must have shape (candidates, latent_dim) with at least one; "
            f"received shape {codes.shape}. {_ADVICE}"
        )
    trial = _thinned(sweep)
    least_changes = []
    for code in codes:
        traversal = traverse(decode, code, kl, trial)
        changes = change_per_row(traversal)
        seen = changes[traversal.active] if traversal.active.any() else changes
        least_changes.append(seen.min())
    return int(np.argmax(least_changes))


def change_per_row(traversal):
    """How far each latent's sweep moves the pixels from the anchor's image.

    Args:
        traversal: Traversal.

    Returns:
        NumPy array, shape `(rows,)`: absolute differences summed over the pixels and
        channels, averaged over the steps.
    """
    difference = np.abs(traversal.images - traversal.anchor_image)
    return difference.sum(axis=(2, 3, 4)).mean(axis=1)


def _thinned(sweep):
    steps = len(sweep.headings)
    kept = np.unique(np.linspace(0, steps - 1, _TRIAL_STEPS).round().astype(int))
    headings = tuple(sweep.headings[step] for step in kept)
    return replace(sweep, values=sweep.values[:, kept], headings=headings)
