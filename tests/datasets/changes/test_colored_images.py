import numpy as np
from binary_grid import BinaryGrid

from keras_bvae.datasets.changes.colored_images import ColoredImages
from keras_bvae.datasets.sprites.dsprites import DSprites


def colors_of(images):
    """The brightest of each channel of each image: the sprite's colour."""
    return images.max(axis=(1, 2))


def test_a_sprite_has_one_colour_on_black():
    images = ColoredImages(BinaryGrid()).images_at(np.arange(24))
    white = BinaryGrid().images_at(np.arange(24)) == 255
    expected = np.where(white, colors_of(images)[:, None, None, :], 0)
    np.testing.assert_array_equal(images, expected)


def test_channels_are_uniform_over_the_upper_half_and_independent():
    colors = colors_of(ColoredImages(DSprites()).images_at(np.arange(0, 737280, 2459)))
    # 0.5 · 255 rounds to 128; 300 draws of a uniform come near both ends.
    assert 128 <= colors.min() <= 131
    assert 252 <= colors.max() <= 255
    np.testing.assert_allclose(colors.mean(axis=0), 191.5, atol=7)
    np.testing.assert_allclose(np.corrcoef(colors.T), np.eye(3), atol=0.2)


def test_an_image_keeps_its_colour_and_the_seed_changes_it():
    dataset = ColoredImages(BinaryGrid())
    together = dataset.images_at([1, 2, 3])
    np.testing.assert_array_equal(dataset.images_at([3]), together[2:])
    again, other = (ColoredImages(BinaryGrid(), seed) for seed in (0, 1))
    np.testing.assert_array_equal(again.images_at([1, 2, 3]), together)
    assert (colors_of(other.images_at([1, 2, 3])) != colors_of(together)).any()


def test_it_is_called_color():
    assert ColoredImages(BinaryGrid()).name == "blocks+color"
