import os
import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from keras_bvae.pictures.films.animation import Animation
from keras_bvae.pictures.picture_file import (
    figure_pixels,
    is_film_path,
    require_picture_path,
    save_picture,
    write_figure,
)
from keras_bvae.pictures.sheets.sheet import Sheet


def figure():
    figure = Figure(figsize=(2, 1), dpi=50, facecolor=(1.0, 0.0, 0.0))
    figure.text(0.1, 0.5, "β")
    return figure


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


def test_a_still_picture_may_be_a_gif(picture, tmp_path):
    save_picture(picture, tmp_path / "out.gif")
    with Image.open(tmp_path / "out.gif") as read:
        assert (read.format, read.n_frames, read.size) == ("GIF", 1, (30, 20))


@pytest.mark.parametrize("ending", ["png", "gif", "webp", "pdf", "svg"])
@pytest.mark.parametrize("kind", ["sheet", "figure", "pixels"])
def test_every_still_picture_can_have_every_ending(kind, ending, tmp_path):
    sheet = Sheet(41, 31)
    sheet.tile(5, 5, np.full((4, 4, 1), 9, np.uint8), scale=5)
    still = {"sheet": sheet, "figure": sheet.figure(), "pixels": sheet.picture}[kind]
    path = tmp_path / f"out.{ending}"
    save_picture(still, path)
    content = path.read_bytes()
    if ending == "pdf":
        assert content.startswith(b"%PDF")
        # 41 and 31 pixels at 100 an inch, in points.
        assert b"/MediaBox [ 0 0 29.52 22.32 ]" in content
    elif ending == "svg":
        assert b'width="29.52pt" height="22.32pt"' in content
    else:
        with Image.open(path) as read:
            pixels = np.asarray(read.convert("RGB"))
        np.testing.assert_array_equal(pixels, np.asarray(sheet.picture))


@pytest.mark.parametrize("name", ["out.jpg", "out", "out.png.txt"])
def test_another_ending_is_refused(picture, tmp_path, name):
    with pytest.raises(ValueError, match=r"must end in .png, .gif, .* received .*out"):
        save_picture(picture, tmp_path / name)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["out.png", "out.pdf", "out.svg"])
def test_an_animation_is_no_still(picture, tmp_path, name):
    with pytest.raises(ValueError, match=r"as .gif, .webp or .mp4; received .*out"):
        save_picture(Animation((picture,), 100), tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_a_still_picture_is_no_mp4(picture, tmp_path):
    with pytest.raises(ValueError, match=r"not be saved as .mp4; received .*out.mp4"):
        save_picture(picture, tmp_path / "out.mp4")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("ending", ["pdf", "svg"])
def test_the_same_figure_gives_the_same_file(tmp_path, ending):
    contents = []
    for number in range(2):
        path = tmp_path / f"{number}.{ending}"
        write_figure(figure(), path)
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]


def test_a_pdf_carries_its_font_and_an_svg_needs_none(tmp_path):
    write_figure(figure(), tmp_path / "a.pdf")
    write_figure(figure(), tmp_path / "a.svg")
    # Type 42: the TrueType font itself.
    assert b"/FontFile2" in (tmp_path / "a.pdf").read_bytes()
    assert b"<text" not in (tmp_path / "a.svg").read_bytes()


def test_pixels_have_the_figures_own_resolution_and_paper():
    picture = figure_pixels(figure())
    assert picture.mode == "RGB"
    assert picture.size == (100, 50)
    np.testing.assert_array_equal(np.asarray(picture)[0, 0], [255, 0, 0])


def test_gif_and_mp4_ask_for_a_film():
    names = ("a.gif", "a.MP4", "a.png", "a.webp", "a.pdf", "a.svg")
    assert [is_film_path(name) for name in names] == [True, True] + [False] * 4


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
    save_picture(picture, path)
    before = path.read_bytes()

    def full_disk(partial, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full_disk)
    with pytest.raises(OSError, match=r"could not be \(No space left on device\)"):
        save_picture(picture, path)
    assert os.listdir(tmp_path) == ["out.png"]
    assert path.read_bytes() == before


def test_an_interrupted_write_leaves_nothing(picture, tmp_path, monkeypatch):
    def interrupted(partial, target):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        save_picture(picture, tmp_path / "out.png")
    assert os.listdir(tmp_path) == []


def test_what_is_no_picture_is_refused(tmp_path):
    with pytest.raises(TypeError, match=r"a Sheet, an Animation, .* received ndarray"):
        save_picture(np.zeros((8, 8, 1)), tmp_path / "out.png")
    assert os.listdir(tmp_path) == []
