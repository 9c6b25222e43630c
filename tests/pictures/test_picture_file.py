import os
import re

import numpy as np
import pytest
from PIL import Image

from keras_bvae.pictures.animation import Animation, traversal_animation
from keras_bvae.pictures.picture_file import require_picture_path, save_picture


@pytest.fixture
def picture():
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def test_a_png_comes_back_to_the_pixel(picture, tmp_path):
    save_picture(picture, tmp_path / "out.PNG")
    with Image.open(tmp_path / "out.PNG") as read:
        assert read.format == "PNG"
        np.testing.assert_array_equal(np.asarray(read), np.asarray(picture))
    assert os.listdir(tmp_path) == ["out.PNG"]


def test_a_gif_has_every_frame_and_loops_for_ever(make_traversal, tmp_path):
    animation = traversal_animation(make_traversal(steps=6, side=32))
    path = str(tmp_path / "out.gif")
    save_picture(animation, path)
    with Image.open(path) as read:
        assert read.n_frames == 10
        assert read.info["loop"] == 0
        assert read.info["duration"] == animation.frame_milliseconds
        for number, frame in enumerate(animation.frames):
            read.seek(number)
            # All frames share 256 colours, so that a few greys of 255 move a little.
            difference = np.subtract(read.convert("RGB"), frame, dtype=np.int16)
            assert np.abs(difference).max() <= 8


def test_a_still_picture_may_be_a_gif(picture, tmp_path):
    save_picture(picture, tmp_path / "out.gif")
    with Image.open(tmp_path / "out.gif") as read:
        assert (read.format, read.n_frames, read.size) == ("GIF", 1, (30, 20))


@pytest.mark.parametrize("name", ["out.jpg", "out", "out.png.txt"])
def test_another_ending_is_refused(picture, tmp_path, name):
    with pytest.raises(ValueError, match=r"must end in .png or .gif; received .*out"):
        save_picture(picture, tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_an_animation_is_no_png(picture, tmp_path):
    with pytest.raises(ValueError, match=r"must be saved as .gif; received .*out.png"):
        save_picture(Animation((picture,), 100), tmp_path / "out.png")


def test_a_missing_folder_is_named_and_not_made(picture, tmp_path):
    missing = tmp_path / "missing"
    with pytest.raises(FileNotFoundError, match=re.escape(str(missing))):
        save_picture(picture, missing / "out.png")
    assert not missing.exists()


def test_a_folder_is_no_picture(tmp_path):
    (tmp_path / "out.png").mkdir()
    with pytest.raises(IsADirectoryError, match="must name a file"):
        require_picture_path(tmp_path / "out.png")


def test_a_folder_without_permission_is_refused(tmp_path, monkeypatch):
    # The superuser may write anywhere, so the system's answer is put in its mouth.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError, match="must be writable; received"):
        require_picture_path(tmp_path / "out.png")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    picture, tmp_path, monkeypatch
):
    path = tmp_path / "out.png"
    path.write_bytes(b"old")

    def full_disk(partial, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full_disk)
    with pytest.raises(OSError, match=r"could not be \(No space left on device\)"):
        save_picture(picture, path)
    assert os.listdir(tmp_path) == ["out.png"]
    assert path.read_bytes() == b"old"


def test_an_interrupted_write_leaves_nothing(picture, tmp_path, monkeypatch):
    def interrupted(partial, target):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        save_picture(picture, tmp_path / "out.png")
    assert os.listdir(tmp_path) == []
