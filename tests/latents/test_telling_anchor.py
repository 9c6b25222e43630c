import numpy as np

from keras_bvae.latents.sweeps import standard_deviation_sweep
from keras_bvae.latents.telling_anchor import change_per_row, telling_anchor


def decode_gated(codes):
    """Latent 1 is seen only as far as latent 0 is on; latent 2 never."""
    images = np.zeros((len(codes), 2, 2, 1), np.float32)
    images[:, 0, 0, 0] = codes[:, 0]
    images[:, 0, 1, 0] = codes[:, 0] * codes[:, 1]
    return images


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
