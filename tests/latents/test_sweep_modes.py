import re

import numpy as np
import pytest

from keras_bvae.latents.latent_statistics import latent_statistics
from keras_bvae.latents.sweep_modes import SWEEP_MODES, sweep_by_mode


@pytest.fixture
def statistics():
    codes = np.linspace(-5, 5, 101)[:, np.newaxis]
    return latent_statistics(lambda images: (codes, np.zeros_like(codes)), codes)


# By hand, of 101 even codes from -5 to 5, whose variance is 8.5, and a posterior
# variance of 1; 5 % of N(0, 1) lie below -1.644854.
ENDS = {
    "fixed": 3.0,
    "normal": 1.644854,
    "gaussian": 1.644854 * np.sqrt(9.5),
    "interval": 2 * np.sqrt(9.5),
    "minmax": 5.0,
    "quantiles": 4.75,
}


@pytest.mark.parametrize("mode", SWEEP_MODES)
def test_each_mode_has_its_range(statistics, mode):
    sweep = sweep_by_mode(mode, statistics, steps=3)
    end = ENDS[mode]
    np.testing.assert_allclose(sweep.values, [[-end, 0, end]], rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(
    ("mode", "reach", "end"),
    [
        ("fixed", 1.5, 1.5),
        ("normal", 0.5, 0.674490),
        ("gaussian", 0.5, 0.674490 * np.sqrt(9.5)),
        ("interval", 1, np.sqrt(9.5)),
        ("quantiles", 0.5, 2.5),
    ],
)
def test_a_reach_moves_the_ends(statistics, mode, reach, end):
    sweep = sweep_by_mode(mode, statistics, reach=reach, steps=2)
    np.testing.assert_allclose(sweep.values, [[-end, end]], rtol=1e-5)


@pytest.mark.parametrize(
    ("mode", "reach", "said"),
    [
        ("wide", None, "`mode` must be one of fixed, normal"),
        ("minmax", 2.0, "no range to choose; received 2.0"),
        ("normal", 3.0, "prior's probability, between 0 and 1; received 3.0"),
        ("quantiles", 1.0, "data's codes, between 0 and 1; received 1.0"),
        ("fixed", -1.0, "received reach=-1.0"),
    ],
)
def test_a_range_that_is_none_is_refused(statistics, mode, reach, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        sweep_by_mode(mode, statistics, reach)
