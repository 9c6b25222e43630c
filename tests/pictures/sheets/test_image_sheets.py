import numpy as np
import pytest

from keras_bvae.pictures.colors import PAPER
from keras_bvae.pictures.sheets.image_sheets import (
    interpolation_animation,
    interpolation_sheet,
    reconstruction_sheet,
)
from keras_bvae.pictures.sheets.marks import Text, Tile

IMAGES = np.broadcast_to(
    np.arange(5, dtype=np.uint8).reshape(5, 1, 1, 1), (5, 24, 24, 1)
)


def draw(count=5, **arguments):
    return reconstruction_sheet(
        IMAGES[:count],
        100 + IMAGES[:count],
        [1.25, 2, 3, 4, 50][:count],
        ["a", "b", "c", "d", "e"][:count],
        columns=3,
        **arguments,
    )


def test_each_image_stands_above_what_became_of_it():
    tiles = [mark for mark in draw().marks if isinstance(mark, Tile)]
    place = {tile.pixels[0, 0, 0]: (tile.x, tile.y) for tile in tiles}
    assert len(place) == 10
    for number in range(5):
        (x, y), (below_x, below_y) = place[number], place[100 + number]
        assert below_x == x
        assert below_y > y
    assert len({place[number][1] for number in (0, 1, 2)}) == 1
    assert place[3][1] > place[100][1]


def test_captions_stand_below_their_images():
    marks = draw().marks
    tiles = {m.pixels[0, 0, 0]: m for m in marks if isinstance(m, Tile)}
    texts = {m.text: m for m in marks if isinstance(m, Text)}
    for number, (name, error) in enumerate(
        [("a", "1.2 nats"), ("b", "2.0 nats"), ("c", "3.0 nats")]
    ):
        for tile, text in ((tiles[number], name), (tiles[100 + number], error)):
            width = 24 * tile.scale
            assert texts[text].x == tile.x + width // 2
            assert 0 < texts[text].y - (tile.y + width) < 20


def test_one_of_each_is_needed():
    with pytest.raises(ValueError, match="as many, at least one; received 2, 2, 1, 2"):
        reconstruction_sheet(IMAGES[:2], IMAGES[:2], [1.0], ["a", "b"])
    with pytest.raises(ValueError, match="received 0, 0, 0, 0"):
        draw(0)


def image_of(shade, dtype=np.float32):
    return np.full((16, 16, 1), shade, dtype)


def way(steps=5):
    """Shades 51, 102, … of 255."""
    return np.stack([image_of(0.2 * (step + 1)) for step in range(steps)])


def test_the_way_lies_between_its_ends():
    sheet = interpolation_sheet(image_of(7, np.uint8), way(3), image_of(1.0), "title")
    tiles = [mark for mark in sheet.marks if isinstance(mark, Tile)]
    assert [tile.pixels[0, 0, 0] for tile in tiles] == [7, 51, 102, 153, 255]
    assert len({tile.y for tile in tiles}) == 1
    assert [tile.x for tile in tiles] == sorted(tile.x for tile in tiles)
    captions = {mark.x: mark.text for mark in sheet.marks if isinstance(mark, Text)}
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


@pytest.mark.parametrize(
    ("steps", "last", "said"),
    [
        (1, image_of(1.0), r"received 1 and sizes \(16, 16\)"),
        (3, np.zeros((8, 8, 1)), r"received 3 and sizes \(8, 8\), \(16, 16\)"),
    ],
)
def test_a_way_has_two_steps_and_one_size(steps, last, said):
    for draw_way in (interpolation_sheet, interpolation_animation):
        with pytest.raises(ValueError, match=said):
            draw_way(image_of(0.0), way(steps), last)
