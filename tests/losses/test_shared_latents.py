import re

import numpy as np
import pytest
from formula_contracts import assert_gradients, assert_values, evaluated

from keras_bvae.losses import share_latents

MEAN, LOG_VARIANCE = np.random.default_rng(0).normal(size=(2, 4, 2, 5)).astype("f4")


def shared_by_loops(mean, log_variance):
    mean, variance = mean.copy(), np.exp(log_variance)
    pairs, _, latent_dim = mean.shape
    is_shared = np.zeros((pairs, latent_dim))
    for p in range(pairs):
        distance = []
        for k in range(latent_dim):
            (m1, m2), (v1, v2) = mean[p, :, k], variance[p, :, k]
            kl = np.log(v2 / v1) / 2 + (v1 + (m1 - m2) ** 2) / (2 * v2) - 1 / 2
            distance.append(kl)
        threshold = (max(distance) + min(distance)) / 2
        for k in range(latent_dim):
            if distance[k] < threshold:
                is_shared[p, k] = 1
                mean[p, :, k] = sum(mean[p, :, k]) / 2
                variance[p, :, k] = sum(variance[p, :, k]) / 2
    return mean, np.log(variance), is_shared


def test_sharing_equals_slow_loops_over_the_papers_formula():
    inputs = [MEAN, LOG_VARIANCE]
    # A log variance or a mean near 0 is a difference of numbers near 1: hence `atol`.
    assert_values(share_latents, shared_by_loops, inputs, atol=1e-6)
    *_, is_shared = shared_by_loops(*map(np.float64, inputs))
    assert 0 < is_shared.sum() < is_shared.size


def test_gradients_of_the_shared_posteriors():
    assert_gradients(share_latents, shared_by_loops, [MEAN, LOG_VARIANCE])


def test_shared_latents_of_a_pair_by_hand():
    mean = np.float32([[[0, 0, 1], [0, 4, 2]]])
    log_variance = np.log(np.float32([[[1, 1, 1], [3, 1, 1]]]))
    # δ = ((1/3 - 1 + log 3) / 2, 4² / 2, 1 / 2) = (0.216, 8, 0.5), so τ = 4.108.
    new_mean, new_log_variance, is_shared = evaluated(share_latents, mean, log_variance)
    np.testing.assert_array_equal(is_shared, [[1, 0, 1]])
    assert is_shared.dtype == "float32"
    np.testing.assert_allclose(new_mean, [[[0, 0, 1.5], [0, 4, 1.5]]], rtol=1e-6)
    expected = [[[2, 1, 1], [2, 1, 1]]]
    np.testing.assert_allclose(np.exp(new_log_variance), expected, rtol=1e-6)


def test_the_kl_is_taken_from_the_first_image_to_the_second():
    """δ = (0.81, 0.62): the other way round it would be (0.32, 0.62)."""
    mean = np.float32([[[0, 1.114], [0, 0]]])
    log_variance = np.log(np.float32([[[4, 1], [1, 1]]]))
    # By hand: (4 - 1 - log 4) / 2 = 0.807 against (1/4 - 1 + log 4) / 2 = 0.318.
    *_, is_shared = evaluated(share_latents, mean, log_variance)
    np.testing.assert_array_equal(is_shared, [[0, 1]])


def test_every_pair_has_its_own_threshold():
    mean = np.zeros((2, 2, 2), "float32")
    mean[0, 1], mean[1, 1] = [1, 2], [10, 20]
    *_, is_shared = evaluated(share_latents, mean, np.zeros_like(mean))
    np.testing.assert_array_equal(is_shared, [[1, 0], [1, 0]])


def test_equal_images_keep_their_posteriors():
    mean, log_variance = (np.repeat(x[:, :1], 2, axis=1) for x in (MEAN, LOG_VARIANCE))
    found = evaluated(share_latents, mean, log_variance)
    np.testing.assert_array_equal(found[0], mean)
    np.testing.assert_array_equal(found[1], log_variance)
    assert not found[2].any()


@pytest.mark.parametrize("shape", [(4, 5), (4, 3, 5)])
def test_shapes_that_are_no_pairs_are_refused(shape):
    with pytest.raises(ValueError, match=re.escape(f"mean.shape={shape}")):
        share_latents(np.zeros(shape, "float32"), np.zeros(shape, "float32"))


def test_sharing_reports_both_shapes():
    received = "mean.shape=(4, 2, 5), log_variance.shape=(4, 2, 4)"
    with pytest.raises(ValueError, match=re.escape(received)):
        share_latents(MEAN, LOG_VARIANCE[..., :4])
