from types import SimpleNamespace

import numpy as np
import pytest

import keras_bvae as kb
from keras_bvae.datasets.numbers.number_rows import NumberRows
from keras_bvae.pictures.appearance import appearance_of
from keras_bvae.pictures.colors import CATEGORY_COLORS, rgb_of

RNG = np.random.default_rng(0)
UP, DOWN, SHARE = (rgb_of(CATEGORY_COLORS[place]) for place in range(3))


def pixels_of(picture, color):
    return (picture == np.array(color)).all(axis=-1)


def test_images_are_left_alone():
    images = RNG.integers(0, 255, (3, 8, 8, 1), np.uint8)
    dataset = kb.datasets.load("digits")
    look = appearance_of(dataset)
    assert look.images(images) is images
    assert look.decoding(len) is len


def test_a_row_of_a_table_is_bars_above_and_below_the_mean():
    rows = RNG.normal(size=(400, 2)) * [1, 1000] + [0, 5000]
    look = appearance_of(NumberRows("mine", rows))
    picture = look.images(np.array([[2.0, 3000.0]]))[0]
    assert picture.shape == (64, 96, 3)
    up, down = pixels_of(picture, UP), pixels_of(picture, DOWN)
    assert np.argwhere(up)[:, 0].max() < 32 <= np.argwhere(down)[:, 0].min()
    assert np.argwhere(up)[:, 1].max() < 48 <= np.argwhere(down)[:, 1].min()
    assert up.sum() == pytest.approx(down.sum(), rel=0.2)  # both two deviations


def test_categories_are_shares_of_the_height():
    rows = np.column_stack([RNG.normal(size=50), np.eye(2)[RNG.integers(0, 2, 50)]])
    look = appearance_of(NumberRows("mine", rows, categories=(2,)))
    full, half = look.images(np.array([[0, 1.0, 0.0], [0, 0.5, 0.5]]))
    assert pixels_of(full, SHARE).sum() == pytest.approx(
        pixels_of(half, SHARE).sum(), rel=0.1
    )
    assert np.argwhere(pixels_of(full, SHARE))[:, 0].min() < 6


def test_a_wide_table_is_a_line():
    look = appearance_of(NumberRows("mine", RNG.normal(size=(30, 300))))
    assert look.images(np.zeros((2, 5, 300))).shape == (2, 5, 64, 96, 3)


def test_a_series_is_a_line_for_each_channel_in_the_range_of_the_data():
    series = RNG.uniform(size=(50, 20, 2)) * [1, 100]
    look = appearance_of(NumberRows("mine", series))
    flat = np.stack([np.full(20, 0.98), np.full(20, 2.0)], axis=-1)
    picture = look.images(flat[None])[0]
    assert np.argwhere(pixels_of(picture, UP))[:, 0].mean() < 15
    assert np.argwhere(pixels_of(picture, DOWN))[:, 0].mean() > 49


def test_a_volume_is_its_three_middle_slices():
    volumes = np.zeros((2, 4, 6, 8, 1))
    volumes[0, 2, 1, 1] = 1  # in the slice from above
    volumes[1, 1, 3, 2] = 1  # in that from the front
    look = appearance_of(NumberRows("mine", volumes))
    above, front = look.images(volumes)
    assert above.shape == (6 + 1 + 4, 8 + 1 + 4, 3)
    assert (above[1, 1] == 255).all()
    assert (front[6 + 1 + 1, 2] == 255).all()
    assert above.dtype == np.uint8


@pytest.mark.parametrize("channels", [2, 3, 5])
def test_channels_of_volumes_are_colours(channels):
    volumes = RNG.uniform(size=(2, 4, 4, 4, channels))
    assert appearance_of(NumberRows("mine", volumes)).images(volumes).shape[-1] == 3


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_without_data_the_model_says_its_range(likelihood):
    own = kb.Standardization([10.0], [2.0]) if likelihood == "gaussian" else None
    model = SimpleNamespace(
        image_shape=(5, 1), likelihood=likelihood, standardization=own
    )
    look = appearance_of(model=model)
    middle = 10.0 if own else 0.5
    picture = look.images(np.full((1, 5, 1), middle))[0].astype(int)
    line = np.argwhere(picture[..., 2] > picture[..., 0] + 60)  # blue
    assert line[:, 0].mean() == pytest.approx(31.5, abs=1)


def test_decoding_gives_pictures_and_rows_differences():
    rows = RNG.normal(size=(100, 3)) * 10 + 7
    look = appearance_of(NumberRows("mine", rows))
    pictures = look.decoding(lambda codes: rows[: len(codes)])(np.zeros((4, 2)))
    assert pictures.shape == (4, 64, 96, 3)
    assert 0 <= pictures.min() <= pictures.max() <= 1
    plain = look.rows(lambda codes: rows)(np.zeros((100, 2)))
    assert plain.shape == (100, 3, 1, 1)
    np.testing.assert_allclose(plain.std(axis=0).ravel(), 1, rtol=1e-6)
