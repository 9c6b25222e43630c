import numpy as np
from binary_grid import BinaryGrid

from keras_bvae.datasets.changes.noisy_images import NoisyImages
from keras_bvae.datasets.sprites.dsprites import DSprites


def test_a_sprite_is_white_on_noise():
    images = NoisyImages(DSprites()).images_at([0, 400_000])
    white = DSprites().images_at([0, 400_000])[..., 0] == 255
    assert (images[white] == 255).all()
    noise = images[~white]
    # Over 7,000 pixels of 3 channels: the mean of a uniform over 0 … 255.
    np.testing.assert_allclose(noise.mean(axis=0), 127.5, atol=4)
    np.testing.assert_allclose(noise.std(axis=0), 73.9, atol=3)
    np.testing.assert_allclose(np.corrcoef(noise.T), np.eye(3), atol=0.06)
    assert (noise.min(), noise.max()) == (0, 255)


def test_no_two_images_share_their_noise():
    images = NoisyImages(DSprites()).images_at([0, 1]).astype(float)
    same = (images[0] == images[1]).mean()
    assert same < 0.1  # the sprites, and one pixel in 256


def test_an_image_keeps_its_noise_and_the_seed_changes_it():
    dataset = NoisyImages(BinaryGrid())
    together = dataset.images_at([1, 2, 3])
    np.testing.assert_array_equal(dataset.images_at([3, 1]), together[[2, 0]])
    np.testing.assert_array_equal(
        NoisyImages(BinaryGrid()).images_at([1, 2, 3]), together
    )
    assert (NoisyImages(BinaryGrid(), seed=1).images_at([1]) != together[0]).any()


def test_it_is_called_noise():
    assert NoisyImages(BinaryGrid()).name == "blocks+noise"
