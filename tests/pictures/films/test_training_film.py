import numpy as np
import pytest

from keras_bvae.pictures.films.training_film import FilmMoment, training_film

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
