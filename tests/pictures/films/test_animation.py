import numpy as np
import pytest
from PIL import Image

from keras_bvae.pictures.colors import PAPER
from keras_bvae.pictures.films.animation import (
    Animation,
    frame_pace,
    stacked_animations,
    there_and_back,
)


@pytest.mark.parametrize(
    ("steps", "order"), [(2, [0, 1]), (3, [0, 1, 2, 1]), (4, [0, 1, 2, 3, 2, 1])]
)
def test_a_loop_shows_each_end_once(steps, order):
    assert there_and_back(steps) == order


@pytest.mark.parametrize(("frames", "pace"), [(20, 200), (48, 80), (1000, 20)])
def test_a_loop_takes_four_seconds_where_browsers_keep_up(frames, pace):
    assert frame_pace(frames) == pace


def test_stacked_animations_run_at_once():
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
