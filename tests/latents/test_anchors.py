import re

import numpy as np
import pytest

from keras_bvae.latents.anchors import change_per_row, prior_anchor, telling_anchor
from keras_bvae.latents.sweeps import standard_deviation_sweep


def decode_gated(codes):
    """Latent 1 is seen only as far as latent 0 is on; latent 2 never."""
    images = np.zeros((len(codes), 2, 2, 1), np.float32)
    images[:, 0, 0, 0] = codes[:, 0]
    images[:, 0, 1, 0] = codes[:, 0] * codes[:, 1]
    return images


def test_prior_anchor_is_the_mean_or_a_repeatable_draw():
    np.testing.assert_array_equal(prior_anchor(4), np.zeros(4))
    draws = np.stack([prior_anchor(1000, seed=seed) for seed in (0, 0, 1)])
    np.testing.assert_array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0], draws[2])
    # Five standard errors of a mean and of a spread over 1000 draws of N(0, 1).
    np.testing.assert_allclose(draws.mean(axis=1), 0, atol=5 / np.sqrt(1000))
    np.testing.assert_allclose(draws.std(axis=1), 1, atol=5 / np.sqrt(2000))


@pytest.mark.parametrize(
    ("arguments", "received"),
    [((0,), "latent_dim=0"), ((2.0,), "latent_dim=2.0"), ((2, -1), "seed=-1")],
)
def test_a_prior_has_latents_and_a_draw_a_seed(arguments, received):
    with pytest.raises(ValueError, match=f"received {received}"):
        prior_anchor(*arguments)


def test_the_anchor_is_the_one_that_shows_the_weakest_latent():
    codes = np.array([[0.0, 0.0, 0.0], [0.5, 0.0, 0.0], [0.1, 0.0, 0.0]])
    sweep = standard_deviation_sweep(3, reach=1, steps=11)
    kl = np.array([2.0, 1.0, 0.0])
    assert telling_anchor(decode_gated, codes, kl, sweep) == 1


def test_with_only_dead_latents_the_first_code_is_as_good_as_any():
    codes = np.array([[1.0, 0.0, 0.0], [0.5, 0.0, 0.0]])
    sweep = standard_deviation_sweep(3, steps=3)
    assert telling_anchor(decode_gated, codes, np.zeros(3), sweep) == 0


def test_change_is_summed_over_pixels_and_averaged_over_steps(make_traversal):
    traversal = make_traversal(kl=(1.0, 2.0), steps=5, channels=3)
    # By hand: |0.1 * value| in 3 channels, values -2, -1, 0, 1, 2: 3 * 0.6 / 5.
    np.testing.assert_allclose(change_per_row(traversal), [0.36, 0.36], rtol=1e-5)


@pytest.mark.parametrize(
    ("codes", "received"), [(np.zeros((0, 3)), "shape (0, 3)"), ([1.0], "shape (1,)")]
)
def test_without_codes_there_is_no_telling_anchor(codes, received):
    sweep = standard_deviation_sweep(3, steps=3)
    with pytest.raises(ValueError, match=re.escape(f"received {received}")):
        telling_anchor(decode_gated, codes, np.zeros(3), sweep)
