import numpy as np

from keras_bvae.pictures.sheets.interpolation_picture import (
    interpolation_animation,
    interpolation_picture,
)
from keras_bvae.pictures.sheets.marks import Text, Tile
from keras_bvae.pictures.sheets.page import PAPER


def image_of(shade, dtype=np.float32):
    return np.full((16, 16, 1), shade, dtype)


def way(steps=5):
    """Shades 51, 102, … of 255."""
    return np.stack([image_of(0.2 * (step + 1)) for step in range(steps)])


def test_the_way_lies_between_its_ends():
    page = interpolation_picture(image_of(7, np.uint8), way(3), image_of(1.0), "title")
    tiles = [mark for mark in page.marks if isinstance(mark, Tile)]
    assert [tile.pixels[0, 0, 0] for tile in tiles] == [7, 51, 102, 153, 255]
    assert len({tile.y for tile in tiles}) == 1
    assert [tile.x for tile in tiles] == sorted(tile.x for tile in tiles)
    captions = {mark.x: mark.text for mark in page.marks if isinstance(mark, Text)}
    half = 16 * tiles[0].scale // 2
    assert [captions[tile.x + half] for tile in tiles] == [
        "image",
        "0%",
        "50%",
        "100%",
        "image",
    ]


def test_a_film_goes_there_and_back_between_its_ends():
    film = interpolation_animation(image_of(0.0), way(4), image_of(1.0), "t", scale=4)
    assert len(film.frames) == 6
    assert len({frame.size for frame in film.frames}) == 1
    for frame, shade in zip(film.frames, [51, 102, 153, 204, 153, 102], strict=True):
        pixels = np.asarray(frame)
        # The middle of the three tiles' row, from left to right.
        row = pixels[frame.height - 18 - 20 - 32, :, 0]
        shown = [value for value in dict.fromkeys(row.tolist()) if value != PAPER[0]]
        assert [value for value in shown if value != PAPER[2]] == [0, shade, 255]


def test_a_film_of_large_images_is_not_cut_off():
    large = np.zeros((400, 400, 1))
    film = interpolation_animation(large, np.stack([large] * 2), large)
    # 400 pixels are three times 134, within 192.
    assert 3 * 134 + 2 * 18 <= film.frames[0].width < 3 * 192
    whole = interpolation_animation(large, np.stack([large] * 2), large, scale=1)
    assert whole.frames[0].width >= 3 * 400 + 2 * 18
