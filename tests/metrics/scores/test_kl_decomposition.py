import dataclasses
import json
import re

import numpy as np
import pytest

from keras_bvae.metrics.scores.kl_decomposition import (
    kl_decomposition,
    require_counts,
)

PARTS = ("mutual_information", "total_correlation", "dimension_wise_kl")


def require_close(record, expected):
    """Each term within four standard errors of what it should be."""
    for name, value in expected.items():
        error = record.standard_error[name]
        assert getattr(record, name) == pytest.approx(value, abs=4 * error), name


def gaussian_means(covariance, count):
    """Means whose own covariance is exactly this one, normal otherwise."""
    means = np.random.default_rng(0).normal(size=(count, len(covariance)))
    means -= means.mean(0)
    root = np.linalg.cholesky(np.cov(means.T, bias=True))
    return means @ np.linalg.inv(root).T @ np.linalg.cholesky(covariance).T


def test_parts_of_a_gaussian_aggregate_are_those_in_closed_form():
    variance = 0.25
    covariance = np.array([[1.0, 0.8], [0.8, 1.2]])
    mean = gaussian_means(covariance - variance * np.eye(2), 5000)
    log_variance = np.full_like(mean, np.log(variance))
    record = kl_decomposition(mean, log_variance, draws=4000)
    log_determinant, diagonal = np.log(np.linalg.det(covariance)), np.diag(covariance)
    require_close(
        record,
        {
            # H(z) - H(z|x), then KLs between Gaussians.
            "mutual_information": 0.5 * log_determinant - np.log(variance),
            "total_correlation": 0.5 * (np.log(diagonal).sum() - log_determinant),
            "dimension_wise_kl": 0.5 * (diagonal - 1 - np.log(diagonal)).sum(),
            "kl": 0.5 * (mean**2 + variance - 1 - np.log(variance)).sum(1).mean(),
        },
    )
    assert max(record.standard_error.values()) < 0.025


def test_latents_on_a_full_grid_have_no_total_correlation():
    rows, columns = np.meshgrid(np.linspace(-2, 2, 40), np.linspace(-1, 3, 30))
    mean = np.stack([rows.ravel(), columns.ravel()], axis=1)
    record = kl_decomposition(mean, np.full_like(mean, np.log(0.1)), draws=500)
    # The aggregate is a product for every code; merging has an error of 1e-4.
    assert record.total_correlation == pytest.approx(0, abs=1e-3)
    assert record.mutual_information > 1


def test_posteriors_equal_to_the_prior_give_zeros():
    record = kl_decomposition(np.zeros((50, 3)), np.zeros((50, 3)), draws=20)
    for name in PARTS:
        assert getattr(record, name) == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(record.dimension_wise_kl_of_each_latent, 0, atol=1e-12)


@pytest.mark.parametrize(
    ("corners", "information", "correlation"),
    [
        # Four images told apart by two independent bits.
        ([(-5, -5), (-5, 5), (5, -5), (5, 5)], np.log(4), 0),
        # Two images told apart by one bit that both latents repeat.
        ([(-5, -5), (5, 5)], np.log(2), np.log(2)),
    ],
)
def test_bits_by_hand(corners, information, correlation):
    mean = np.array(corners, "float32")
    record = kl_decomposition(mean, np.full_like(mean, -4.0), draws=300)
    assert record.mutual_information == pytest.approx(information, abs=1e-9)
    assert record.total_correlation == pytest.approx(correlation, abs=1e-9)


def test_parts_sum_to_the_kl_and_latents_to_their_part():
    rng = np.random.default_rng(3)
    mean, log_variance = rng.normal(size=(300, 4)), rng.normal(-2, 1, size=(300, 4))
    record = kl_decomposition(mean, log_variance, draws=2000)
    assert sum(getattr(record, name) for name in PARTS) == pytest.approx(record.kl)
    of_each = record.dimension_wise_kl_of_each_latent
    assert sum(of_each) == pytest.approx(record.dimension_wise_kl)
    kl = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(1).mean()
    require_close(record, {"kl": kl})


def test_a_sample_agrees_with_the_data_set_where_posteriors_are_broad():
    covariance = np.array([[0.5, 0.4], [0.4, 0.6]])
    mean = gaussian_means(covariance, 4000)
    log_variance = np.full_like(mean, np.log(0.5))
    everything = kl_decomposition(mean, log_variance, draws=3000)
    sample = kl_decomposition(
        mean[:1500], log_variance[:1500], dataset_size=4000, draws=3000, seed=1
    )
    assert (sample.images, sample.dataset_size) == (1500, 4000)
    for name in PARTS:
        # Draws of both, and the sample's own covariance: 1/sqrt(1500) = 3 % of it.
        error = np.hypot(everything.standard_error[name], sample.standard_error[name])
        difference = getattr(sample, name) - getattr(everything, name)
        assert abs(difference) < 3 * error + 0.03, name


def test_a_sample_of_narrow_posteriors_ends_at_the_log_of_the_data_set():
    # Each code knows its own posterior only, of weight 1 / 1,000,000.
    mean = np.arange(20.0)[:, None]
    record = kl_decomposition(mean, np.full((20, 1), -12.0), dataset_size=10**6)
    assert record.mutual_information == pytest.approx(np.log(10**6), abs=1e-6)


def test_points_count_as_the_narrowest_posteriors_that_float32_can_tell():
    mean = np.arange(20.0)[:, None]
    points, narrow = (
        kl_decomposition(mean, np.full((20, 1), value)) for value in (-60.0, -25.0)
    )
    assert points == narrow
    assert points.mutual_information == pytest.approx(np.log(20), abs=1e-6)


def test_the_seed_decides_the_draws():
    mean = np.random.default_rng(0).normal(size=(30, 2))
    first, again, other = (
        kl_decomposition(mean, np.full_like(mean, -1.0), draws=50, seed=seed)
        for seed in (0, 0, 1)
    )
    assert first == again
    assert first.kl != other.kl


def test_the_record_is_plain_values():
    record = kl_decomposition(np.zeros((5, 2)), np.zeros((5, 2)), draws=10, seed=4)
    values = json.loads(json.dumps(record.as_dict()))
    assert set(values) == {field.name for field in dataclasses.fields(record)}
    assert set(values["standard_error"]) == {*PARTS, "kl"}
    assert len(values["dimension_wise_kl_of_each_latent"]) == 2
    sizes = [values[name] for name in ("images", "dataset_size", "draws", "seed")]
    assert sizes == [5, 5, 10, 4]


@pytest.mark.parametrize(
    ("mean", "log_variance", "received"),
    [
        (np.zeros((3, 2)), np.zeros((3, 1)), "log_variance.shape=(3, 1)"),
        (np.zeros(3), np.zeros(3), "mean.shape=(3,)"),
        (np.zeros((3, 0)), np.zeros((3, 0)), "mean.shape=(3, 0)"),
        (np.full((3, 2), np.nan), np.zeros((3, 2)), "received NaN or infinity"),
        (np.zeros((3, 2)), np.full((3, 2), np.inf), "received NaN or infinity"),
        (np.zeros((1, 2)), np.zeros((1, 2)), "at least 2 images; received 1"),
        (np.zeros((0, 2)), np.zeros((0, 2)), "at least 2 images; received 0"),
    ],
)
def test_what_are_no_posteriors_is_refused(mean, log_variance, received):
    with pytest.raises(ValueError, match=re.escape(received)):
        kl_decomposition(mean, log_variance)


@pytest.mark.parametrize(
    ("images", "dataset_size", "draws", "received"),
    [
        (1, 5, 10, "received 1"),
        (5, 4, 10, "received dataset_size=4"),
        (5, 5.0, 10, "received dataset_size=5.0"),
        (5, 5, 1, "received draws=1"),
        (5, 5, True, "received draws=True"),
    ],
)
def test_counts_that_cannot_be_are_refused(images, dataset_size, draws, received):
    with pytest.raises(ValueError, match=re.escape(received)):
        require_counts(images, dataset_size, draws)


@pytest.mark.parametrize("seed", [-1, 0.5, None, True])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match=f"received seed={seed}"):
        kl_decomposition(np.zeros((3, 2)), np.zeros((3, 2)), seed=seed)
