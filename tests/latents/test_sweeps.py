import numpy as np
import pytest

from keras_bvae.latents.sweeps import (
    aggregate_posterior_sweep,
    fitted_gaussian_sweep,
    min_max_sweep,
    normal_quantile_sweep,
    quantile_sweep,
    standard_deviation_sweep,
)

# Two latents: means 1 and 0, variances of the codes 1 and 0, mean posterior variances
# 3 and 1; so the aggregate posterior has standard deviations 2 and 1.
CODES = np.array([[0.0, 0.0], [2.0, 0.0]])
LOG_VARIANCE = np.log([[2.0, 1.0], [4.0, 1.0]])


def test_standard_deviation_sweep_is_even_and_symmetric():
    sweep = standard_deviation_sweep(2, reach=3, steps=5)
    np.testing.assert_allclose(sweep.values, [[-3, -1.5, 0, 1.5, 3]] * 2)
    assert sweep.headings == ("-3.0", "-1.5", "0.0", "1.5", "3.0")
    assert sweep.description == "-3 to 3 standard deviations of the prior"
    assert sweep.shares_values


def test_headings_take_a_second_decimal_where_one_would_lie():
    assert standard_deviation_sweep(1, reach=1.5, steps=5).headings == (
        "-1.50",
        "-0.75",
        "0.00",
        "0.75",
        "1.50",
    )


def test_no_heading_is_minus_zero():
    for steps in range(2, 40):
        headings = standard_deviation_sweep(1, reach=2, steps=steps).headings
        assert not {"-0.0", "-0.00"} & set(headings)


def test_quantile_sweep_gives_each_latent_its_own_quantiles():
    # 0 … 100 in a shuffled order, of which the quantile p is 100 p; then twice that.
    codes = np.random.default_rng(0).permutation(101)[:, np.newaxis] * [1.0, 2.0]
    sweep = quantile_sweep(codes, low=0.025, high=0.975, steps=3)
    np.testing.assert_allclose(sweep.values, [[2.5, 50, 97.5], [5, 100, 195]])
    assert sweep.headings == ("2.5%", "50%", "97.5%")
    assert sweep.description == "2.5% to 97.5% quantile of the data's codes"
    assert not sweep.shares_values


def test_normal_quantiles_are_those_of_the_prior():
    sweep = normal_quantile_sweep(2, share=0.9, steps=3)
    # Any table: 5 % of N(0, 1) lie below -1.644854.
    np.testing.assert_allclose(sweep.values, [[-1.644854, 0, 1.644854]] * 2, atol=1e-6)
    assert sweep.headings == ("-1.64", "0.00", "1.64")
    assert sweep.description == "5% to 95% quantile of the prior, N(0, 1)"
    assert sweep.shares_values


def test_normal_quantiles_are_even_in_probability():
    scipy_stats = pytest.importorskip("scipy.stats")
    sweep = normal_quantile_sweep(1, share=0.8, steps=9)
    np.testing.assert_allclose(
        scipy_stats.norm.cdf(sweep.values[0]), np.linspace(0.1, 0.9, 9)
    )


def test_a_fitted_gaussian_has_the_aggregate_posteriors_mean_and_spread():
    sweep = fitted_gaussian_sweep(CODES, LOG_VARIANCE, share=0.9, steps=3)
    expected = [[1 - 2 * 1.644854, 1, 1 + 2 * 1.644854], [-1.644854, 0, 1.644854]]
    np.testing.assert_allclose(sweep.values, expected, atol=1e-5)
    assert sweep.headings == ("5%", "50%", "95%")
    assert sweep.description == "5% to 95% quantile of a fitted Gaussian"
    assert not sweep.shares_values


def test_an_interval_is_even_around_the_mean():
    sweep = aggregate_posterior_sweep(CODES, LOG_VARIANCE, reach=2, steps=5)
    np.testing.assert_allclose(sweep.values, [[-3, -1, 1, 3, 5], [-2, -1, 0, 1, 2]])
    assert sweep.headings == ("-2.0σ", "-1.0σ", "0.0σ", "1.0σ", "2.0σ")
    assert sweep.description == "-2σ to 2σ around its mean over the data"
    assert not sweep.shares_values


def test_min_max_runs_from_the_least_code_to_the_largest():
    codes = np.array([[3.0, 1.0], [-1.0, 1.0], [0.0, 1.0]])
    sweep = min_max_sweep(codes, steps=5)
    np.testing.assert_allclose(sweep.values, [[-1, 0, 1, 2, 3], [1] * 5])
    assert sweep.headings == ("min", "+25%", "+50%", "+75%", "max")
    assert not sweep.shares_values


@pytest.mark.parametrize("steps", [1, 0, -3, 5.0, True])
@pytest.mark.parametrize(
    ("sweep", "arguments"),
    [
        (standard_deviation_sweep, (3,)),
        (normal_quantile_sweep, (3,)),
        (fitted_gaussian_sweep, (CODES, LOG_VARIANCE)),
        (aggregate_posterior_sweep, (CODES, LOG_VARIANCE)),
        (min_max_sweep, (CODES,)),
        (quantile_sweep, (CODES,)),
    ],
)
def test_a_sweep_needs_two_steps(sweep, arguments, steps):
    with pytest.raises(ValueError, match=f"whole number >= 2; received steps={steps}"):
        sweep(*arguments, steps=steps)


@pytest.mark.parametrize("reach", [0, -1.0, np.inf, np.nan, "3"])
def test_reach_must_be_finite_and_above_zero(reach):
    with pytest.raises(ValueError, match="finite number > 0; received reach="):
        standard_deviation_sweep(3, reach=reach)
    with pytest.raises(ValueError, match="finite number > 0; received reach="):
        aggregate_posterior_sweep(CODES, LOG_VARIANCE, reach=reach)


@pytest.mark.parametrize("share", [0, 1, -0.5, 3, np.nan, None])
def test_a_share_must_lie_between_0_and_1(share):
    with pytest.raises(ValueError, match=f"between 0 and 1; received share={share}"):
        normal_quantile_sweep(3, share=share)
    with pytest.raises(ValueError, match=f"between 0 and 1; received share={share}"):
        fitted_gaussian_sweep(CODES, LOG_VARIANCE, share=share)


def test_codes_and_variances_must_have_one_shape():
    received = r"codes.shape=\(2, 2\), log_variance.shape=\(2, 3\)"
    with pytest.raises(ValueError, match=received):
        fitted_gaussian_sweep(CODES, np.zeros((2, 3)))


@pytest.mark.parametrize(("low", "high"), [(0.9, 0.1), (-0.1, 0.5), (0.5, 1.1)])
def test_quantiles_must_be_in_order(low, high):
    with pytest.raises(ValueError, match=f"received low={low}, high={high}"):
        quantile_sweep(np.zeros((5, 3)), low=low, high=high)


def test_quantiles_need_two_codes():
    with pytest.raises(ValueError, match=r"at least two images; received shape \(1, 3"):
        quantile_sweep(np.zeros((1, 3)))
    with pytest.raises(ValueError, match=r"at least two images; received shape \(1, 3"):
        min_max_sweep(np.zeros((1, 3)))
