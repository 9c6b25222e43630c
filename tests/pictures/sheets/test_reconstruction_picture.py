import numpy as np
import pytest

from keras_bvae.pictures.sheets.marks import Text, Tile
from keras_bvae.pictures.sheets.reconstruction_picture import reconstruction_picture

IMAGES = np.broadcast_to(
    np.arange(5, dtype=np.uint8).reshape(5, 1, 1, 1), (5, 24, 24, 1)
)


def draw(count=5, **arguments):
    return reconstruction_picture(
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
        reconstruction_picture(IMAGES[:2], IMAGES[:2], [1.0], ["a", "b"])
    with pytest.raises(ValueError, match="received 0, 0, 0, 0"):
        draw(0)
