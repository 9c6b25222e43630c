import importlib.util
import os

import numpy as np
import pytest
from PIL import Image

from keras_bvae.errors import FileNotWritten
from keras_bvae.pictures import save_picture
from keras_bvae.pictures.colors import ACCENT
from keras_bvae.pictures.films.animation import Animation
from keras_bvae.pictures.films.traversal_animation import traversal_animation


@pytest.fixture
def animation(make_traversal):
    return traversal_animation(make_traversal(steps=6, side=32))


@pytest.mark.parametrize(("ending", "most"), [("gif", 8), ("webp", 0)])
def test_every_frame_is_there_and_they_loop_for_ever(animation, ending, most, tmp_path):
    path = str(tmp_path / f"out.{ending}")
    save_picture(animation, path)
    with Image.open(path) as read:
        assert read.n_frames == 10
        assert read.info["loop"] == 0
        for number, frame in enumerate(animation.frames):
            read.seek(number)
            read.load()
            assert read.info["duration"] == animation.frame_milliseconds
            # In a GIF all frames share 256 colours, so that a few greys of 255 move
            # a little.
            difference = np.subtract(read.convert("RGB"), frame, dtype=np.int16)
            assert np.abs(difference).max() <= most


def test_an_mp4_shows_the_loop_twice_at_its_pace(tmp_path):
    imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")
    shades = (20, 90, 160, 230)
    # Sides that are odd, which H.264 has not.
    frames = tuple(Image.new("RGB", (33, 21), (shade,) * 3) for shade in shades)
    save_picture(Animation(frames, 200), tmp_path / "out.mp4")
    assert os.listdir(tmp_path) == ["out.mp4"]
    reader = imageio_ffmpeg.read_frames(str(tmp_path / "out.mp4"))
    about = next(reader)
    shown = [np.frombuffer(frame, np.uint8).mean() for frame in reader]
    assert about["size"] == (34, 22)
    assert about["fps"] == 5
    assert about["codec"] == "h264"
    # A lossy film: a grey of 255 may move by a few.
    np.testing.assert_allclose(shown, shades * 2, atol=6)


@pytest.mark.parametrize("size", [0, 1000, 20_000])
def test_a_film_for_which_there_is_no_room_is_not_half_written(tmp_path, size):
    imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")
    resource = pytest.importorskip("resource", reason="needs limits of a POSIX system")
    noise = np.random.default_rng(0).integers(0, 256, (8, 64, 64, 3), dtype=np.uint8)
    film = Animation(tuple(map(Image.fromarray, noise)), 100)
    path = tmp_path / "out.mp4"
    save_picture(film, path)
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        with pytest.raises(FileNotWritten, match="the old one is kept"):
            save_picture(film, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.listdir(tmp_path) == ["out.mp4"]
    assert path.read_bytes() == before
    assert imageio_ffmpeg.count_frames_and_secs(str(path))[0] == 16


def test_an_mp4_without_its_writer_is_one_sentence(animation, tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"keras-bvae\[video\]"):
        save_picture(animation, tmp_path / "out.mp4")
    assert os.listdir(tmp_path) == []


def test_a_gif_of_colored_images_keeps_what_sheets_are_drawn_in(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (100, 100, 3), dtype=np.uint8)
    noise[:2, :2] = ACCENT
    path = tmp_path / "out.gif"
    save_picture(Animation((Image.fromarray(noise),), 100), path)
    with Image.open(path) as read:
        assert read.convert("RGB").getpixel((0, 0)) == ACCENT
