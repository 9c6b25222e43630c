import numpy as np
import pytest

from keras_bvae.metrics.estimators.code_variance import variance_of_codes

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize("ddof", [0, 1])
def test_variance_is_that_of_numpy(ddof):
    codes = np.random.default_rng(0).normal(3, 2, size=(4, 50, 3))
    expected = np.var(codes, axis=1, ddof=ddof)
    np.testing.assert_allclose(variance_of_codes(codes, ddof), expected, rtol=1e-12)
    np.testing.assert_allclose(
        variance_of_codes(codes[0], ddof), expected[0], rtol=1e-12
    )


def test_by_hand():
    # Mean 2, squares 1 + 0 + 1, over 3 - 1.
    np.testing.assert_array_equal(variance_of_codes([[1.0], [2.0], [3.0]], 1), [1.0])


def test_a_constant_code_has_none_at_all():
    codes = np.full((7, 63, 2), 0.1, np.float32)
    assert np.var(codes, axis=1).any()  # what it would be
    assert not variance_of_codes(codes, 1).any()


def test_float32_codes_far_from_zero_keep_their_digits():
    codes = (1000 + np.arange(64) / 512)[:, None].astype(np.float32)
    # Each number is exact in float32. Variance of 0 … n-1 is (n² - 1) / 12.
    expected = (64**2 - 1) / 12 / 512**2
    np.testing.assert_allclose(variance_of_codes(codes, 0), [expected], rtol=1e-12)


@pytest.mark.parametrize("largest", [1e200, 1.5e308])
def test_what_float64_cannot_hold_is_refused(largest):
    with pytest.raises(ValueError, match=r"received numbers up to 1.*e\+"):
        variance_of_codes(np.array([[-largest], [largest]]), 1)
    # The largest float32 is no such number.
    assert np.isfinite(variance_of_codes(np.float32([[-3e38], [3e38]]), 1)).all()
