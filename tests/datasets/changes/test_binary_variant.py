import re

import numpy as np
import pytest
from binary_grid import BinaryGrid
from numbered_images import NumberedImages

from keras_bvae.datasets.changes import binary_variant
from keras_bvae.datasets.changes.binary_variant import (
    BinaryVariant,
    ColoredImages,
    NoisyImages,
)
from keras_bvae.datasets.sprites.dsprites import DSprites


class Greens(BinaryVariant):
    """A sprite is green by its number."""

    def __init__(self, base):
        super().__init__(base, "green", "all is green")

    def _paint(self, images, indices):
        greens = np.stack([0 * indices, indices, 0 * indices], axis=1).astype(np.uint8)
        images &= self._rows_of(greens)


def colors_of(images):
    """The brightest of each channel of each image: the sprite's colour."""
    return images.max(axis=(1, 2))


def test_sprites_and_numbers_reach_the_painter():
    greens = Greens(BinaryGrid())
    images = greens.images_at([7, 23])
    assert images.shape == (2, 8, 8, 3)
    white = BinaryGrid().images_at([7, 23])[..., 0] == 255
    assert (images[..., 1][0] == 7 * white[0]).all()
    assert (images[..., 1][1] == 23 * white[1]).all()
    assert not images[..., [0, 2]].any()


def test_factors_stay():
    greens = Greens(BinaryGrid())
    assert greens.factor_names == ("shape", "scale", "x")
    assert greens.is_complete_grid
    np.testing.assert_array_equal(greens.images([[1, 2, 3]]), greens.images_at([23]))


def test_bits_are_served_as_colour():
    greens = Greens(DSprites())
    assert not greens.packs_bits
    assert greens.stored_at([5]).shape == (1, 64, 64, 3)
    assert greens.stored_images(100) is None


@pytest.mark.parametrize("kind", [ColoredImages, NoisyImages])
def test_bits_and_bytes_are_painted_alike(kind, monkeypatch):
    class Bytes(DSprites):
        packs_bits = False

    indices = np.arange(3, 700_000, 17_001)
    of_bits = kind(DSprites(), seed=3).images_at(indices)
    monkeypatch.setattr(binary_variant, "IMAGES_AT_ONCE", 7)
    np.testing.assert_array_equal(kind(Bytes(), seed=3).images_at(indices), of_bits)


def test_a_small_set_is_painted_at_once(monkeypatch):
    greens = Greens(BinaryGrid())
    stored = greens.stored_images(10)
    np.testing.assert_array_equal(stored, greens.images_at(np.arange(24)))
    assert greens.stored_images(10) is stored
    monkeypatch.setattr(binary_variant, "LARGEST_AT_ONCE", 24 * 8 * 8 * 3 - 1)
    assert Greens(BinaryGrid()).stored_images(10) is None


def test_grey_images_are_refused_before_any_work():
    said = "+green paints black and white images, one channel of 0 and 255; received "
    with pytest.raises(ValueError, match=re.escape(said + "numbered: it has pixels")):
        Greens(NumberedImages(9))


def test_a_grey_image_in_between_is_refused_when_it_comes():
    blocks = BinaryGrid()
    paint = blocks._images_at
    blocks._images_at = lambda indices: np.where(
        np.asarray(indices)[:, None, None, None] == 5, np.uint8(77), paint(indices)
    )
    greens = Greens(blocks)
    greens.images_at([4, 6])
    with pytest.raises(ValueError, match="blocks: it has pixels of 77"):
        greens.images_at([4, 5])


def test_colour_is_not_painted_over():
    with pytest.raises(
        ValueError, match=r"received blocks\+green: its images have 3 ch"
    ):
        Greens(Greens(BinaryGrid()))


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
