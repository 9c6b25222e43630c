import numpy as np
import pytest
from PIL import Image

from keras_bvae.datasets.own.picture_fit import fit_in_words, fitted


def striped(width=40, height=20):
    """Its left third is 30, the middle 90, the right one 150."""
    pixels = np.full((height, width, 3), 90, np.uint8)
    pixels[:, : width // 4] = 30
    pixels[:, -(width // 4) :] = 150
    return Image.fromarray(pixels)


@pytest.mark.parametrize(("height", "width"), [(20, 50), (50, 20)])
def test_a_crop_has_nothing_of_what_is_beside_it(height, width):
    pixels = np.full((height, width, 3), 255, np.uint8)
    middle = slice((height - 20) // 2, None), slice((width - 20) // 2, None)
    pixels[middle][:20, :20] = 7
    square = fitted(Image.fromarray(pixels), (10, 10))
    assert square.shape == (10, 10, 3)
    assert (square == 7).all()


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_a_picture_of_this_size_is_left_alone(fit):
    pixels = np.random.default_rng(0).integers(0, 256, (9, 12), dtype=np.uint8)
    image = fitted(Image.fromarray(pixels), (9, 12), fit, "white")
    np.testing.assert_array_equal(image[..., 0], pixels)


@pytest.mark.parametrize(
    ("size", "shown"),
    [((12, 12), (90, 90)), ((10, 40), (30, 150)), ((40, 10), (90, 90))],
)
def test_a_crop_has_the_proportions_of_its_size(size, shown):
    image = fitted(striped(), size)
    assert image.shape == (*size, 3)
    assert (image[0, 0, 0], image[-1, -1, 0]) == shown


def test_padding_shows_all_and_the_ground_beside_it():
    image = fitted(striped(), (40, 40), "pad", "white")
    assert (image[:10] == 255).all()
    assert (image[30:] == 255).all()
    np.testing.assert_array_equal(image[10:30], np.asarray(striped()))
    beside = fitted(striped(), (10, 40), "pad")
    assert (beside[:, :10] == 0).all()
    assert (beside[:, 30:] == 0).all()
    assert beside[5, 10, 0] == 30
    assert beside[5, 29, 0] == 150


def test_stretching_shows_all_and_nothing_else():
    image = fitted(striped(), (30, 8), "stretch")
    assert image.shape == (30, 8, 3)
    assert image[:, 0].max() < 45
    assert image[:, -1].min() > 135
    assert (image == image[:1]).all()


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("shape", [(1, 900), (900, 1)])
def test_of_a_thread_a_line_is_left(fit, shape):
    image = fitted(Image.fromarray(np.full(shape, 200, np.uint8)), (8, 16), fit)
    assert image.shape == (8, 16, 1)
    assert image.max() == 200


def test_what_is_transparent_has_the_colour_of_the_ground():
    pixels = np.full((10, 20, 4), 77, np.uint8)
    pixels[:, :10, 3] = 0
    pixels[:, 10:, 3] = 255
    for on, ground in (("black", 0), ("white", 255)):
        image = fitted(Image.fromarray(pixels), (20, 20), "pad", on)
        assert (image[:5] == [ground, ground, ground, 0]).all()
        assert (image[10, 2] == [ground, ground, ground, 0]).all()
        assert (image[10, 15] == [77, 77, 77, 255]).all()
        # Scaled by what can be seen: what overshoots apart, no rim comes from below.
        small = fitted(Image.fromarray(pixels), (5, 5), "stretch", on)
        seen = small[..., 3] > 99
        assert abs(small[seen, :3].astype(int) - 77).max() <= 8


def test_what_an_image_shows_is_told():
    assert fit_in_words((8, 8), "crop") == "the middle square of each"
    assert fit_in_words((8, 9), "crop") == "the middle of each"
    assert fit_in_words((8, 9), "pad") == "all of each, padded"
