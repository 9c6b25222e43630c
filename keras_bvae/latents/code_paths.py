"""Ways from one code to another."""

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics.representation_arrays import as_floats
from keras_bvae.rules import require_whole

# Below this angle, in radians, the arc is its chord: the formula would divide by 0.
_SMALLEST_ANGLE = 1e-4


def linear_path(first, last, steps):
    """Even steps along the straight line between two codes.

    Args:
        first, last: NumPy arrays, shape `(latent_dim,)`.
        steps: int, at least 2; both ends are among them.

    Returns:
        NumPy array of float32, shape `(steps, latent_dim)`.

    Raises:
        ValueError: no codes, shapes that differ, or `steps` below 2.
    """
    first, last = _as_ends(first, last, steps)
    return np.float32(np.linspace(first, last, steps))


def spherical_path(first, last, steps):
    """Even steps of the angle between two codes, seen from the prior's mean.

    Of codes of one length all between have that length too: the path keeps to where
    the prior of many latents has its mass. Codes in one direction, or in opposite ones,
    leave no arc to follow: there it is the straight line.

    Args:
        first, last, steps: as for `linear_path`.

    Returns:
        NumPy array of float32, shape `(steps, latent_dim)`.

    Raises:
        ValueError: no codes, shapes that differ, or `steps` below 2.

    Source: Shoemake 1985 (slerp), for latents White 2016 (arXiv:1609.04468).
    """
    first, last = _as_ends(first, last, steps)
    lengths = np.linalg.norm(first) * np.linalg.norm(last)
    angle = np.arccos(np.clip(first @ last / lengths, -1, 1)) if lengths > 0 else 0.0
    if not _SMALLEST_ANGLE < angle < np.pi - _SMALLEST_ANGLE:
        return linear_path(first, last, steps)
    way = np.linspace(0, 1, steps)
    from_first = np.outer(np.sin((1 - way) * angle), first)
    from_last = np.outer(np.sin(way * angle), last)
    return np.float32((from_first + from_last) / np.sin(angle))


def _as_ends(first, last, steps):
    rule, advice = "numbers, (latent_dim,)", "Take both ends from one model."
    first = as_floats(first, "first", rule, advice)
    last = as_floats(last, "last", rule, advice)
    if first.ndim != 1 or first.shape != last.shape:
        raise InvalidValue(
            "A path's ends must have shape (latent_dim,); received shapes "
            f"{first.shape} and {last.shape}. Take both from one model."
        )
    require_whole("steps", steps, least=2, advice="Use 11 to see ten changes.")
    return first, last


CODE_PATHS = {"linear": linear_path, "spherical": spherical_path}
