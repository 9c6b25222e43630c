"""The values that a traversal gives each latent."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sweep:
    """The values each latent is set to, one after the other.

    Attributes:
        values: NumPy array, shape `(latent_dim, steps)`.
        headings: tuple of `steps` strings, what to print above each step.
        description: str, the range in words.
        shares_values: bool, whether every latent has the same values, so that the
            headings say all there is to say.
    """

    values: np.ndarray
    headings: tuple
    description: str
    shares_values: bool


def standard_deviation_sweep(latent_dim, reach=3.0, steps=11):
    """Even steps from `-reach` to `reach` standard deviations of the prior.

    Args:
        latent_dim: int, at least 1.
        reach: float above 0, in standard deviations of the prior, N(0, 1).
        steps: int, at least 2; an odd number has the prior's mean in the middle.

    Returns:
        Sweep; every latent has the same values.

    Raises:
        ValueError: `steps` below 2, or `reach` not a finite number above 0.
    """
    _require_steps(steps)
    if not (np.isfinite(reach) and reach > 0):
        raise ValueError(
            f"`reach` must be a finite number above 0; received reach={reach!r}. "
            "Use 2 or 3 standard deviations of the prior."
        )
    values = np.linspace(-reach, reach, steps)
    return Sweep(
        values=np.tile(values, (latent_dim, 1)),
        headings=_value_headings(values),
        description=f"-{reach:g} to {reach:g} standard deviations of the prior",
        shares_values=True,
    )


def quantile_sweep(codes, low=0.025, high=0.975, steps=11):
    """Each latent's own quantiles over a data sample, evenly spaced in probability.

    The quantiles are those of the codes (posterior means), so a latent that tells the
    images apart moves as far as the data moves it, and a dead one hardly at all.

    Args:
        codes: NumPy array, shape `(images, latent_dim)`.
        low, high: floats, 0 <= low < high <= 1, the first and last quantile.
        steps: int, at least 2.

    Returns:
        Sweep; each latent has values of its own.

    Raises:
        ValueError: `steps` below 2, quantiles out of order, or fewer than two codes.
    """
    _require_steps(steps)
    if not 0 <= low < high <= 1:
        raise ValueError(
            "`low` and `high` must be quantiles with 0 <= low < high <= 1; "
            f"received low={low!r}, high={high!r}. Use 0.025 and 0.975 for 95 %."
        )
    codes = np.asarray(codes, np.float64)
    if codes.ndim != 2 or len(codes) < 2:
        raise ValueError(
            "`codes` must have shape (images, latent_dim) with at least two images; "
            f"received shape {codes.shape}. Encode a larger sample."
        )
    probabilities = np.linspace(low, high, steps)
    first, last = _percent(low), _percent(high)
    return Sweep(
        values=np.quantile(codes, probabilities, axis=0).T,
        headings=tuple(_percent(probability) for probability in probabilities),
        description=f"{first} to {last} quantile of the data's codes",
        shares_values=False,
    )


def _require_steps(steps):
    if steps < 2:
        raise ValueError(
            f"`steps` must be at least 2; received steps={steps!r}. "
            "Use an odd number such as 11 to have the prior's mean in the middle."
        )


def _percent(probability):
    return f"{round(100 * probability, 1):g}%"


def _value_headings(values):
    decimals = 1 if np.allclose(values, np.round(values, 1)) else 2
    # Adding 0.0 turns the -0.0 that rounding can leave into 0.0.
    return tuple(f"{np.round(value, decimals) + 0.0:.{decimals}f}" for value in values)
