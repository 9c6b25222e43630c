import re

import numpy as np
import pytest

from keras_bvae.latents.latent_statistics import (
    is_active,
    kl_text,
    latent_name,
    latent_remarks,
    latent_statistics,
    mean_kl_per_latent,
)


def test_kl_is_averaged_over_images_and_kept_per_latent():
    mean = np.array([[1.0, 0.0], [3.0, 0.0]])
    log_variance = np.log([[4.0, 1.0], [1.0, 1.0]])
    # By hand: latent 0 has (1 + 4 - 1 - ln 4) / 2 = 1.306853 and 9 / 2; latent 1 none.
    expected = [(1.306853 + 4.5) / 2, 0.0]
    kl = mean_kl_per_latent(mean, log_variance)
    np.testing.assert_allclose(kl, expected, rtol=1e-6)


def test_statistics_of_three_images():
    codes = np.float32([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    statistics = latent_statistics(
        lambda images: (codes, np.zeros((3, 2), np.float32)),
        np.zeros((3, 8, 8, 1), np.uint8),
        probabilities=(0.0, 0.5, 0.75),
    )
    # By hand: (1 + 0 + 1) / 2 / 3 nats; 0.75 lies half way from 0 to 1.
    np.testing.assert_allclose(statistics.kl, [1 / 3, 0])
    np.testing.assert_allclose(statistics.quantiles, [[-1, 0], [0, 0], [0.5, 0]])
    np.testing.assert_array_equal(statistics.active, [True, False])
    np.testing.assert_array_equal(statistics.codes, codes)
    np.testing.assert_array_equal(statistics.log_variance, np.zeros((3, 2)))


def test_a_latent_is_dead_below_a_hundredth_of_a_nat():
    np.testing.assert_array_equal(
        is_active(np.array([0.0, 0.0099, 0.01, 3.0])), [False, False, True, True]
    )


def test_statistics_need_an_image():
    with pytest.raises(ValueError, match="at least one image; received none"):
        latent_statistics(lambda images: None, np.zeros((0, 8, 8, 1)))


@pytest.mark.parametrize("encoded", [np.zeros((4, 2)), (np.zeros((4, 2)),), None])
def test_statistics_need_means_and_variances(encoded):
    with pytest.raises(ValueError, match=r"return \(mean, log_variance\); received a"):
        latent_statistics(lambda images: encoded, np.zeros((4, 8, 8, 1)))


@pytest.mark.parametrize("probability", [-0.1, 1.5, np.nan, "0.5"])
def test_a_probability_lies_from_0_to_1(probability):
    with pytest.raises(ValueError, match="`probabilities` must be finite numbers from"):
        latent_statistics(lambda images: None, np.zeros((4, 8, 8, 1)), [probability])


def test_kl_reports_both_shapes():
    received = "mean.shape=(2, 3), log_variance.shape=(2, 4)"
    with pytest.raises(ValueError, match=re.escape(received)):
        mean_kl_per_latent(np.zeros((2, 3)), np.zeros((2, 4)))


def test_kl_of_a_diverged_model_is_refused():
    with pytest.raises(ValueError, match="must be finite; received NaN"):
        mean_kl_per_latent(np.full((2, 3), np.nan), np.zeros((2, 3)))


def test_a_label_names_the_latent_and_its_kl():
    assert latent_name(3) == "z3"
    assert kl_text(2.512) == "2.51 nats"


def test_a_kl_is_never_minus_zero():
    assert kl_text(-1e-9) == "0.00 nats"


def test_an_active_latent_on_a_shared_range_needs_no_remark():
    assert latent_remarks(1.0, np.array([-3.0, 3.0]), shares_values=True) == ()


def test_a_range_of_its_own_and_death_are_remarked():
    values = np.array([-0.041, 0.0, -0.001])
    remarks = latent_remarks(0.001, values, shares_values=False)
    assert remarks == ("-0.04 to 0.00", "dead")
