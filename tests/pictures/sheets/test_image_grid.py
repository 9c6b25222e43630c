import numpy as np

from keras_bvae.pictures.sheets.image_grid import image_grid
from keras_bvae.pictures.sheets.marks import Tile
from keras_bvae.pictures.sheets.page import MARGIN, TILE_GAP


def test_images_fill_rows_in_their_order():
    images = np.arange(7, dtype=np.uint8).reshape(7, 1, 1, 1)
    images = np.broadcast_to(images, (7, 32, 32, 3))
    page = image_grid(images, columns=3, scale=1)
    tiles = [mark for mark in page.marks if isinstance(mark, Tile)]
    assert [tile.pixels[0, 0, 0] for tile in tiles] == list(range(7))
    pitch = 32 + TILE_GAP
    lefts = [MARGIN + pitch * (number % 3) for number in range(7)]
    assert [tile.x for tile in tiles] == lefts
    assert [tile.y - tiles[0].y for tile in tiles] == [0] * 3 + [pitch] * 3 + [
        2 * pitch
    ]


def test_the_page_ends_at_its_margins():
    page = image_grid(np.zeros((4, 32, 32, 1)), columns=2, scale=2)
    # Two tiles of 64 and 5 pixels between them; 18 of paper below an empty header.
    assert page.width == 64 + 5 + 64 + 2 * MARGIN
    assert page.height == MARGIN + 18 + 64 + 5 + 64 + MARGIN


def test_title_and_lines_stand_above():
    page = image_grid(np.zeros((1, 8, 8, 1)), "a title", ("a line",))
    texts = [mark.text for mark in page.marks if hasattr(mark, "text") and mark.text]
    assert texts == ["a title", "a line"]
