import numpy as np
from PIL import Image

from keras_bvae.pictures.films.animation import Animation
from keras_bvae.pictures.sheets.page import PAPER, Page
from keras_bvae.pictures.sheets.stacked import stacked_animations, stacked_pages


def page_of(shade, width, height):
    page = Page(width, height)
    page.box(0, 0, width, height, (shade,) * 3)
    return page


def test_pages_stand_one_below_the_other():
    stack = stacked_pages([page_of(10, 30, 5), page_of(20, 20, 7)])
    pixels = np.asarray(stack.picture)
    assert pixels.shape == (12, 30, 3)
    assert (pixels[:5] == 10).all()
    assert (pixels[5:, :20] == 20).all()
    assert (pixels[5:, 20:] == PAPER).all()


def test_animations_run_beside_each_other():
    films = [
        Animation(tuple(Image.new("RGB", size, (shade,) * 3) for shade in shades), 40)
        for size, shades in (((6, 4), (1, 2)), ((8, 3), (3, 4)))
    ]
    stack = stacked_animations(films)
    assert stack.frame_milliseconds == 40
    for frame, (upper, lower) in zip(stack.frames, ((1, 3), (2, 4)), strict=True):
        pixels = np.asarray(frame)
        assert pixels.shape == (7, 8, 3)
        assert (pixels[:4, :6] == upper).all()
        assert (pixels[4:] == lower).all()
        assert (pixels[:4, 6:] == PAPER).all()
