"""The image on which every latent shows what it does."""

from dataclasses import replace

import numpy as np

from keras_bvae.latents.traversal import traverse

# Steps of the sweep that are decoded for each candidate: the ends show most.
_TRIAL_STEPS = 5


def telling_anchor(decode, codes, kl, sweep):
    """Picks the code from which every active latent's sweep can be seen.

    A weak latent acts on some images only: one that turns the square leaves a round
    sprite as it is. So the pick is the code at which the active latent that changes the
    image least changes it most. Each candidate is traversed, so 32 of them are plenty.

    Args:
        decode: callable, codes to images, as for `traverse`.
        codes: NumPy array, shape `(candidates, latent_dim)`, codes of real images.
        kl: NumPy array, shape `(latent_dim,)`, nats.
        sweep: Sweep, the one that will be drawn.

    Returns:
        int, index into `codes`; the first of equals.

    Raises:
        ValueError: the shapes disagree, or a number is not finite.
    """
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
