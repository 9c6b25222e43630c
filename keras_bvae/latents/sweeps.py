"""The values that a traversal gives each latent: six ways to choose their range.

Source of the ranges but `quantile_sweep`: the traversals of Locatello et al. 2019
(arXiv:1811.12359) in disentanglement_lib, `visualize_model.py`.
Every sweep raises ValueError for `steps` below 2, a range that is none, or fewer than
two codes.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics.representation_arrays import as_floats
from keras_bvae.rules import is_finite, require_finite, require_whole

_ENCODE = "Pass what `encode` returns."


@dataclass(frozen=True)
class Sweep:
    """The values each latent is set to, one after the other.

    Attributes:
        values: NumPy array, shape `(latent_dim, steps)`.
        headings: tuple of `steps` strings, what each step is called, briefly.
        description: str, the range in words.
        shares_values: bool, whether every latent has the same values, so that the
            headings say all there is to say.
    """

    values: np.ndarray
    headings: tuple
    description: str
    shares_values: bool


def standard_deviation_sweep(latent_dim, reach=3.0, steps=11):
    """Fixed: even steps from `-reach` to `reach` standard deviations of the prior.

    Args:
        latent_dim: int, at least 1.
        reach: float above 0, in standard deviations of the prior, N(0, 1).
        steps: int, at least 2; an odd number has the prior's mean in the middle.

    Returns:
        Sweep; every latent has the same values.
    """
    require_whole("latent_dim", latent_dim, least=1)
    _require_steps(steps)
    _require_reach(reach)
    values = np.linspace(-reach, reach, steps)
    return Sweep(
        values=np.tile(values, (latent_dim, 1)),
        headings=_value_headings(values),
        description=f"-{reach:g} to {reach:g} standard deviations of the prior",
        shares_values=True,
    )


def normal_quantile_sweep(latent_dim, share=0.9, steps=11):
    """Quantiles of the prior, N(0, 1), evenly spaced in probability.

    Args:
        latent_dim: int, at least 1.
        share: float in (0, 1), the probability between first and last value: 0.9 goes
            from the 5 % to the 95 % quantile.
        steps: int, at least 2; an odd number has the prior's mean in the middle.

    Returns:
        Sweep; every latent has the same values.
    """
    require_whole("latent_dim", latent_dim, least=1)
    probabilities = _central_probabilities(share, steps)
    values = ndtri(probabilities)
    return Sweep(
        values=np.tile(values, (latent_dim, 1)),
        headings=_value_headings(values),
        description=f"{_span(probabilities)} quantile of the prior, N(0, 1)",
        shares_values=True,
    )


def fitted_gaussian_sweep(codes, log_variance, share=0.9, steps=11):
    """Quantiles of a Gaussian fitted to each latent's aggregate posterior.

    Its mean is the mean of the codes, its variance theirs plus the mean posterior
    variance.

    Args:
        codes: NumPy array, shape `(images, latent_dim)`, posterior means.
        log_variance: NumPy array, same shape; natural log of the posterior variance.
        share: float in (0, 1), as for `normal_quantile_sweep`.
        steps: int, at least 2.

    Returns:
        Sweep; each latent has values of its own.
    """
    probabilities = _central_probabilities(share, steps)
    mean, deviation = _fitted_gaussian(codes, log_variance)
    return Sweep(
        values=mean[:, np.newaxis] + np.outer(deviation, ndtri(probabilities)),
        headings=tuple(_percent(probability) for probability in probabilities),
        description=f"{_span(probabilities)} quantile of a fitted Gaussian",
        shares_values=False,
    )


def aggregate_posterior_sweep(codes, log_variance, reach=2.0, steps=11):
    """Even steps within some standard deviations of each latent's aggregate posterior.

    From `mean - reach * s` to `mean + reach * s`, where `mean` is the mean of the codes
    and `s²` their variance plus the mean posterior variance.

    Args:
        codes, log_variance: as for `fitted_gaussian_sweep`.
        reach: float above 0, in standard deviations; 2 are 95 % of a Gaussian.
        steps: int, at least 2; an odd number has the mean in the middle.

    Returns:
        Sweep; each latent has values of its own.
    """
    _require_steps(steps)
    _require_reach(reach)
    mean, deviation = _fitted_gaussian(codes, log_variance)
    distances = np.linspace(-reach, reach, steps)
    return Sweep(
        values=mean[:, np.newaxis] + np.outer(deviation, distances),
        headings=tuple(f"{text}σ" for text in _value_headings(distances)),
        description=f"-{reach:g}σ to {reach:g}σ around its mean over the data",
        shares_values=False,
    )


def min_max_sweep(codes, steps=11):
    """Even steps from each latent's least code to its largest.

    Args:
        codes: NumPy array, shape `(images, latent_dim)`.
        steps: int, at least 2.

    Returns:
        Sweep; each latent has values of its own.
    """
    _require_steps(steps)
    codes = _as_codes(codes)
    between = tuple(f"+{_percent(share)}" for share in np.linspace(0, 1, steps)[1:-1])
    return Sweep(
        values=np.linspace(codes.min(axis=0), codes.max(axis=0), steps, axis=1),
        headings=("min", *between, "max"),
        description="the least to the largest of the data's codes",
        shares_values=False,
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
    """
    _require_steps(steps)
    if not (is_finite(low, 0) and is_finite(high, above=low, most=1)):
        raise InvalidValue(
            "`low` and `high` must be quantiles with 0 <= low < high <= 1; "
            f"received low={low!r}, high={high!r}. Use 0.025 and 0.975 for 95 %."
        )
    codes = _as_codes(codes)
    probabilities = np.linspace(low, high, steps)
    return Sweep(
        values=np.quantile(codes, probabilities, axis=0).T,
        headings=tuple(_percent(probability) for probability in probabilities),
        description=f"{_span(probabilities)} quantile of the data's codes",
        shares_values=False,
    )


def _require_steps(steps):
    advice = "Use an odd number such as 11 to have the prior's mean in the middle."
    require_whole("steps", steps, least=2, advice=advice)


def _require_reach(reach):
    advice = "Use 2 or 3 standard deviations."
    require_finite("reach", reach, above=0, advice=advice)


def _central_probabilities(share, steps):
    _require_steps(steps)
    if not is_finite(share, above=0, below=1):
        raise InvalidValue(
            f"`share` must lie between 0 and 1; received share={share!r}. Use 0.9 to "
            "go from the 5 % to the 95 % quantile."
        )
    return np.linspace(0.5 - share / 2, 0.5 + share / 2, steps)


def _fitted_gaussian(codes, log_variance):
    codes = _as_codes(codes)
    rule = "numbers, (images, latent_dim)"
    log_variance = as_floats(log_variance, "log_variance", rule, _ENCODE)
    if log_variance.shape != codes.shape:
        raise InvalidValue(
            "`codes` and `log_variance` must have one shape; received codes.shape="
            f"{codes.shape}, log_variance.shape={log_variance.shape}. {_ENCODE}"
        )
    variance = codes.var(axis=0) + np.exp(log_variance).mean(axis=0)
    return codes.mean(axis=0), np.sqrt(variance)


def _as_codes(codes):
    codes = as_floats(codes, "codes", "numbers, (images, latent_dim)", _ENCODE)
    if codes.ndim != 2 or len(codes) < 2:
        raise InvalidValue(
            "`codes` must have shape (images, latent_dim) with at least two images; "
            f"received shape {codes.shape}. Encode a larger sample."
        )
    return codes


def _value_headings(values):
    decimals = 1 if np.allclose(values, np.round(values, 1)) else 2
    # Adding 0.0 turns the -0.0 that rounding can leave into 0.0.
    return tuple(f"{np.round(value, decimals) + 0.0:.{decimals}f}" for value in values)


def _span(probabilities):
    return f"{_percent(probabilities[0])} to {_percent(probabilities[-1])}"


def _percent(probability):
    return f"{round(100 * probability, 1):g}%"
