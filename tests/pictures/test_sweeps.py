import numpy as np
import pytest

from keras_bvae.pictures.sweeps import quantile_sweep, standard_deviation_sweep


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


@pytest.mark.parametrize("steps", [1, 0, -3])
def test_a_sweep_needs_two_steps(steps):
    with pytest.raises(ValueError, match=f"at least 2; received steps={steps}"):
        standard_deviation_sweep(3, steps=steps)
    with pytest.raises(ValueError, match=f"at least 2; received steps={steps}"):
        quantile_sweep(np.zeros((5, 3)), steps=steps)


@pytest.mark.parametrize("reach", [0, -1.0, np.inf, np.nan])
def test_reach_must_be_finite_and_above_zero(reach):
    with pytest.raises(ValueError, match="finite number above 0; received reach="):
        standard_deviation_sweep(3, reach=reach)


@pytest.mark.parametrize(("low", "high"), [(0.9, 0.1), (-0.1, 0.5), (0.5, 1.1)])
def test_quantiles_must_be_in_order(low, high):
    with pytest.raises(ValueError, match=f"received low={low}, high={high}"):
        quantile_sweep(np.zeros((5, 3)), low=low, high=high)


def test_quantiles_need_two_codes():
    with pytest.raises(ValueError, match=r"at least two images; received shape \(1, 3"):
        quantile_sweep(np.zeros((1, 3)))
