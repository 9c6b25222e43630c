import re

import numpy as np
import pytest
from binary_grid import BinaryGrid
from numbered_images import NumberedImages

from keras_bvae.datasets.changes import binary_variant
from keras_bvae.datasets.changes.binary_variant import BinaryVariant
from keras_bvae.datasets.sprites.dsprites import DSprites


class Greens(BinaryVariant):
    """A sprite is green by its number."""

    def __init__(self, base):
        super().__init__(base, "green", "all is green")

    def _painted(self, white, indices):
        greens = np.stack([0 * indices, indices, 0 * indices], axis=1).astype(np.uint8)
        return white & self._rows_of(greens)


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
