"""Sweeps by the name of their range."""

from typing import NamedTuple

from keras_bvae.errors import InvalidValue
from keras_bvae.latents.sweeps import (
    aggregate_posterior_sweep,
    fitted_gaussian_sweep,
    min_max_sweep,
    normal_quantile_sweep,
    quantile_sweep,
    standard_deviation_sweep,
)
from keras_bvae.rules import is_finite, require_one_of


class SweepMode(NamedTuple):
    """A way to choose a range.

    Attributes:
        reach: float or None, how far it goes if nothing else is asked for; None where
            there is nothing to choose.
        unit: str, what that counts.
    """

    reach: float | None
    unit: str


SWEEP_MODES = {
    "fixed": SweepMode(3.0, "standard deviations of the prior"),
    "normal": SweepMode(0.9, "share of the prior's probability"),
    "gaussian": SweepMode(0.9, "share of the fitted Gaussian's probability"),
    "interval": SweepMode(2.0, "standard deviations of the aggregate posterior"),
    "minmax": SweepMode(None, ""),
    "quantiles": SweepMode(0.95, "share of the data's codes"),
}


def sweep_by_mode(mode, statistics, reach=None, steps=11):
    """The sweep of a range by its name.

    Args:
        mode: str, one of `SWEEP_MODES`.
        statistics: LatentStatistics of the data.
        reach: float or None, what the mode's unit counts; None: the mode's own.
        steps: int, at least 2.

    Returns:
        Sweep.

    Raises:
        ValueError: no such mode, a reach out of its bounds, or one for "minmax".
    """
    require_one_of("`mode`", mode, SWEEP_MODES)
    default = SWEEP_MODES[mode].reach
    if default is None and reach is not None:
        raise InvalidValue(
            "A sweep from the least code to the largest has no range to choose; "
            f"received {reach!r}. Leave it out, or use the mode interval."
        )
    reach = default if reach is None else reach
    _require_share(mode, reach)
    codes, log_variance = statistics.codes, statistics.log_variance
    latent_dim = codes.shape[1]
    if mode == "fixed":
        return standard_deviation_sweep(latent_dim, reach, steps)
    if mode == "normal":
        return normal_quantile_sweep(latent_dim, reach, steps)
    if mode == "gaussian":
        return fitted_gaussian_sweep(codes, log_variance, reach, steps)
    if mode == "interval":
        return aggregate_posterior_sweep(codes, log_variance, reach, steps)
    if mode == "minmax":
        return min_max_sweep(codes, steps)
    return quantile_sweep(codes, 0.5 - reach / 2, 0.5 + reach / 2, steps)


def _require_share(mode, reach):
    unit = SWEEP_MODES[mode].unit
    is_share = is_finite(reach, above=0, below=1)
    if unit.startswith("share") and not is_share:
        raise InvalidValue(
            f"The range of the mode {mode} is a {unit}, between 0 and 1; received "
            f"{reach!r}. 0.9 goes from the 5 % to the 95 % quantile."
        )
