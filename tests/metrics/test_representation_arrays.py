import re

import ml_dtypes
import numpy as np
import pytest

from keras_bvae.metrics.representation_arrays import (
    as_codes,
    as_factors,
    as_posteriors,
    as_train_and_test,
    require_two_codes,
    require_varying,
    variance_of_codes,
    varying_columns,
)

pytestmark = pytest.mark.filterwarnings("error")
CODES = np.arange(12.0).reshape(4, 3)
FACTORS = np.array([[0, 1], [1, 0], [0, 1], [1, 1]])


def changed(array, value):
    array = np.array(array, float)
    array[1, 1] = value
    return array


def test_numbers_of_any_type_become_float64():
    for codes in (CODES.astype("float32"), CODES.astype(int), CODES.tolist()):
        result = as_codes(codes)
        assert result.dtype == np.float64
        np.testing.assert_array_equal(result, CODES)


@pytest.mark.parametrize(
    ("codes", "received"),
    [
        (CODES[0], "received shape (3,)"),
        (CODES[:1], "received shape (1, 3)"),
        (CODES[:, :0], "received shape (4, 0)"),
        (None, "received shape ()"),
        (changed(CODES, np.nan), "received NaN or infinity in 1 of 4 rows"),
        (changed(CODES, -np.inf), "received NaN or infinity in 1 of 4 rows"),
        (changed(CODES, -1e39), "within the range of float32; received 1e+39"),
        ([["a", "b"]], "received text"),
        ([[1.0, 2.0], [3.0]], "must be numbers, (n, latent_dim); received setting"),
    ],
)
def test_codes_that_are_none_are_refused(codes, received):
    with pytest.raises(ValueError, match=re.escape(received)):
        as_codes(codes)


def test_a_sentence_names_the_array():
    with pytest.raises(ValueError, match=r"^`test_codes` must be finite"):
        as_codes(changed(CODES, np.nan), "test_codes")
    with pytest.raises(ValueError, match=r"^`test_factors` must be finite"):
        as_factors(changed(FACTORS, np.nan), 4, "test_factors")


def test_whole_numbers_of_any_type_become_int64():
    for factors in (FACTORS.astype("uint8"), FACTORS.astype("float32"), FACTORS > 0):
        result = as_factors(factors, 4)
        assert result.dtype == np.int64
        np.testing.assert_array_equal(result, FACTORS)


def test_quantities_come_back_as_they_are_if_allowed():
    factors = changed(FACTORS, 0.25)
    np.testing.assert_array_equal(as_factors(factors, 4, continuous=True), factors)


@pytest.mark.parametrize(
    ("factors", "received"),
    [
        (FACTORS[:, 0], "received shape (4,)"),
        (FACTORS[:, :0], "received shape (4, 0)"),
        (FACTORS[:3], "received 4 rows of codes and 3 of `factors`"),
        (changed(FACTORS, np.nan), "`factors` must be finite; received NaN"),
        (changed(FACTORS, 0.25), "whole numbers; received 0.25 in factor 1"),
        (changed(FACTORS, 2.0**53), "whole numbers; received 9.0072e+15 in factor 1"),
        ([["heart", "big"]] * 4, "received text"),
    ],
)
def test_factors_that_are_no_classes_are_refused(factors, received):
    with pytest.raises(ValueError, match=re.escape(received)):
        as_factors(factors, 4)


def test_constant_factors_are_refused_by_column():
    factors = np.array([[0, 5, 1, 2], [1, 5, 1, 3]])
    with pytest.raises(ValueError, match=r"`f` with one each in column 1, 2\."):
        require_varying(factors, "f")
    with pytest.raises(ValueError, match=r"`factors` with only one in column 1\."):
        require_varying(factors[:, :2])
    require_varying(factors[:, [0, 3]])


def test_too_few_factors_are_refused():
    require_varying(FACTORS, least=2)
    with pytest.raises(ValueError, match="must be 2 or more; received 1 in `factors`"):
        require_varying(FACTORS[:, :1], least=2)


def test_one_latent_is_refused():
    require_two_codes(CODES[:, :2])
    with pytest.raises(ValueError, match="2 or more; received 1 latent"):
        require_two_codes(CODES[:, :1])


def test_a_constant_column_is_one_whatever_its_rounded_variance():
    values = np.stack([np.full(2000, 0.1), np.r_[np.zeros(1999), 1e-300]], axis=1)
    assert values[:, 0].var() > 0
    np.testing.assert_array_equal(varying_columns(values), [False, True])


@pytest.mark.parametrize("ddof", [0, 1])
def test_variance_is_that_of_numpy(ddof):
    codes = np.random.default_rng(0).normal(3, 2, size=(4, 50, 3))
    expected = np.var(codes, axis=1, ddof=ddof)
    np.testing.assert_allclose(variance_of_codes(codes, ddof), expected, rtol=1e-12)
    np.testing.assert_allclose(
        variance_of_codes(codes[0], ddof), expected[0], rtol=1e-12
    )


def test_a_variance_by_hand():
    # Mean 2, squares 1 + 0 + 1, over 3 - 1.
    np.testing.assert_array_equal(variance_of_codes([[1.0], [2.0], [3.0]], 1), [1.0])


def test_a_constant_code_has_no_variance_at_all():
    codes = np.full((7, 63, 2), 0.1, np.float32)
    assert np.var(codes, axis=1).any()  # what it would be
    assert not variance_of_codes(codes, 1).any()


def test_float32_codes_far_from_zero_keep_their_digits():
    codes = (1000 + np.arange(64) / 512)[:, None].astype(np.float32)
    # Each number is exact in float32. Variance of 0 … n-1 is (n² - 1) / 12.
    expected = (64**2 - 1) / 12 / 512**2
    np.testing.assert_allclose(variance_of_codes(codes, 0), [expected], rtol=1e-12)


@pytest.mark.parametrize("largest", [1e200, 1.5e308])
def test_a_variance_that_float64_cannot_hold_is_refused(largest):
    with pytest.raises(ValueError, match=r"received numbers up to 1.*e\+"):
        variance_of_codes(np.array([[-largest], [largest]]), 1)
    # The largest float32 is no such number.
    assert np.isfinite(variance_of_codes(np.float32([[-3e38], [3e38]]), 1)).all()


def test_four_good_arrays_come_back():
    arrays = as_train_and_test(CODES, FACTORS, CODES[:2], FACTORS[:2])
    for array, given in zip(
        arrays, (CODES, FACTORS, CODES[:2], FACTORS[:2]), strict=True
    ):
        np.testing.assert_array_equal(array, given)


@pytest.mark.parametrize(
    ("arrays", "received"),
    [
        ((CODES, FACTORS, CODES[:, :2], FACTORS), "same columns; received 3 and 2"),
        ((CODES, FACTORS, CODES, FACTORS[:, :1]), "same columns; received 2 and 1"),
        ((CODES, FACTORS, CODES[:2], FACTORS), "2 rows of codes and 4 of `test_factor"),
        (
            (CODES, FACTORS * 0, CODES, FACTORS),
            "`factors` with one each in column 0, 1",
        ),
        ((CODES, FACTORS, None, None), "`test_codes` must have shape"),
        ((CODES, FACTORS, CODES, FACTORS + 0.5), "`test_factors` must be classes"),
    ],
)
def test_four_arrays_that_do_not_fit_are_refused(arrays, received):
    with pytest.raises(ValueError, match=re.escape(received)):
        as_train_and_test(*arrays)


def test_both_come_back_as_float64():
    mean, log_variance = as_posteriors([[1, 2]], np.zeros((1, 2), "float32"))
    assert mean.dtype == log_variance.dtype == np.float64
    assert mean.tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize(
    ("mean", "log_variance", "said"),
    [
        (np.zeros((3, 2)), np.zeros((3, 1)), "log_variance.shape=(3, 1)"),
        (np.zeros(3), np.zeros(3), "mean.shape=(3,)"),
        (np.full((3, 2), np.nan), np.zeros((3, 2)), "received NaN or infinity"),
        (np.zeros((3, 2)), np.full((3, 2), np.inf), "received NaN or infinity"),
        (
            [["a"]],
            [[0.0]],
            "`mean` must be numbers, (images, latent_dim); received text",
        ),
    ],
)
def test_what_are_no_posteriors_is_named(mean, log_variance, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        as_posteriors(mean, log_variance)


@pytest.mark.parametrize(
    "codes",
    [
        np.ones((3, 2)) + 1j,
        np.zeros((3, 2), "M8[s]"),
        np.zeros(3, [("a", "f4"), ("b", "f4")]),
        np.array([[1 + 1j, 2]] * 3, object),
    ],
)
def test_what_a_cast_would_cut_is_refused(codes):
    with pytest.raises(ValueError, match="`codes` must be numbers"):
        as_codes(codes)


def test_bfloat16_is_a_number():
    codes = np.arange(6).reshape(3, 2).astype(ml_dtypes.bfloat16)
    np.testing.assert_array_equal(as_codes(codes), np.arange(6.0).reshape(3, 2))
