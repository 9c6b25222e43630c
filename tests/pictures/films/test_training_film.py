import numpy as np
import pytest
from PIL import Image

from keras_bvae.pictures.colors import PAPER, color_of
from keras_bvae.pictures.films.training_film import (
    FilmMoment,
    GrowingLines,
    training_film,
)
from keras_bvae.pictures.sheets.sheet import Sheet

IMAGE = np.full((8, 8, 1), 255, np.uint8)


def moment(step, shade, rows=2):
    return FilmMoment(
        step=step,
        caption=f"loss {100 - step}",
        kl=np.linspace(step / 100, 0.0, rows),
        images=np.full((rows, 3, 8, 8, 1), shade, np.float32),
        decoded=np.full((8, 8, 1), shade, np.float32),
    )


def film(*moments, latents=(4, 1)):
    return training_film(moments, latents, IMAGE, "run")


def test_a_frame_a_checkpoint_and_the_end_stays():
    animation = film(*(moment(step, step / 100) for step in range(0, 101, 10)))
    frames = animation.frames
    assert len({frame.size for frame in frames}) == 1
    # Eleven frames in eight seconds are 730 ms each, which is cut to 600.
    assert animation.frame_milliseconds == 600
    assert len(frames) == 11 + 3  # two more seconds
    assert all(frame is frames[10] for frame in frames[10:])


def test_tiles_change_and_the_image_stays():
    animation = film(moment(0, 0.25), moment(100, 0.75))
    first, last = (np.asarray(frame) for frame in animation.frames[:2])
    # 8 pixels are drawn 64 wide; the image is at the margin.
    np.testing.assert_array_equal(first[18:82, 18:82], last[18:82, 18:82])
    assert (first[18:82, 18:82] == 255).all()
    for shade, pixels in ((64, first), (191, last)):
        # Two rows of three tiles and the decoded image, 64 × 64 each.
        exactly = (pixels == shade).all(axis=2)
        assert exactly.sum() >= 7 * 64 * 64


def test_more_frames_run_faster_within_bounds():
    many = film(*(moment(step, 0.5, rows=1) for step in range(40)), latents=(0,))
    assert many.frame_milliseconds == 200
    assert film(moment(0, 0.1), moment(1, 0.2)).frame_milliseconds == 600


def test_one_checkpoint_makes_no_film():
    with pytest.raises(ValueError, match=r"received 1\. Keep more"):
        film(moment(0, 0.5))


def test_large_images_are_drawn_small():
    large = [
        FilmMoment(
            step=step,
            caption="",
            kl=np.ones(2),
            images=np.zeros((2, 3, 256, 256, 1), np.float32),
            decoded=np.zeros((256, 256, 1), np.float32),
        )
        for step in (0, 100)
    ]
    frame = training_film(large, (4, 1), np.zeros((256, 256, 1))).frames[0]
    assert frame.width < 3 * 70 + 290 + 250
    assert frame.height < 300 + 150


SIZE = (120, 90)


def lines():
    return GrowingLines([0, 50, 100], [[0, 0], [1, 2], [4, 2]], "KL", SIZE)


def painted(points):
    picture = Image.new("RGB", (160, 120), PAPER)
    lines().paint(picture, 10, 20, points)
    return np.asarray(picture)


def test_points_lie_by_step_and_value():
    places = lines().places(0, 3)
    left, middle, right = places[:, 0]
    assert middle - left == right - middle > 0
    bottom, quarter, top = places[:, 1]
    # Up by a quarter of the highest value of all lines, which is 4.
    assert (bottom - quarter) / (bottom - top) == 0.25
    assert (places >= 0).all()
    assert (places[:, 0] <= SIZE[0]).all()


def test_lines_grow_to_the_right():
    begun, done = painted(2), painted(3)
    assert (begun[:, 80:] == PAPER).all()
    assert (done[:, 80:] != PAPER).any()
    # Where a line is there already it stays.
    np.testing.assert_array_equal(begun[:, :60], done[:, :60])


def test_only_the_plot_is_painted_and_in_its_colors():
    pixels = painted(3)
    assert (pixels[:20] == PAPER).all()
    assert (pixels[:, :10] == PAPER).all()
    assert (pixels[:, 10 + SIZE[0] :] == PAPER).all()
    seen = {tuple(color) for color in pixels.reshape(-1, 3)}
    for line in (0, 1):
        color = color_of(line)
        assert tuple(int(color[at : at + 2], 16) for at in (1, 3, 5)) in seen


def test_words_are_the_title_and_the_ends_of_the_scales():
    sheet = Sheet(160, 120)
    lines().draw_words(sheet, 10, 20)
    words = [mark.text for mark in sheet.marks if hasattr(mark, "text")]
    assert words == ["KL", "4.0", "0", "100"]


def test_lines_of_zeros_lie_at_the_bottom():
    flat = GrowingLines([0, 1], np.zeros((2, 1)), "", SIZE)
    assert (flat.places(0, 2)[:, 1] == flat.places(0, 2)[0, 1]).all()
