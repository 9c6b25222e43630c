import contextlib
import io
import os

import numpy as np
import pytest
from PIL import Image

from keras_bvae.datasets.own.image_file import (
    central_square,
    decoded_picture,
    open_picture,
    read_image_file,
)


def _saved(path, array, mode=None):
    image = Image.fromarray(array)
    (image.convert(mode) if mode else image).save(path)
    return path


def test_picture_of_the_right_size_comes_back_pixel_by_pixel(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    images = read_image_file(_saved(tmp_path / "a.png", pixels), (64, 64, 1))
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(images[0, :, :, 0], pixels)


def test_greyscale_becomes_three_equal_channels(tmp_path):
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    images = read_image_file(_saved(tmp_path / "a.png", pixels), (8, 8, 3))
    np.testing.assert_array_equal(images[0], np.stack([pixels] * 3, axis=-1))


def test_wide_picture_is_centred_on_black(tmp_path):
    pixels = np.full((50, 100, 3), 255, np.uint8)
    images = read_image_file(_saved(tmp_path / "a.jpg", pixels), (64, 64, 1))
    assert images[0, :, :, 0].min(axis=1).tolist() == [0] * 16 + [255] * 32 + [0] * 16


def test_sixteen_bit_greyscale_is_scaled_not_clipped(tmp_path):
    pixels = np.array([[0, 257 * 100], [257 * 200, 65535]], np.uint16)
    images = read_image_file(_saved(tmp_path / "a.png", pixels), (2, 2, 1))
    assert images[0, :, :, 0].tolist() == [[0, 100], [200, 255]]


def test_transparent_parts_are_black(tmp_path):
    pixels = np.full((4, 4, 4), 255, np.uint8)
    pixels[:2, :, 3] = 0
    images = read_image_file(_saved(tmp_path / "a.png", pixels), (4, 4, 1))
    assert images[0, :, 0, 0].tolist() == [0, 0, 255, 255]


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK"])
def test_every_usual_mode_of_picture_is_read(tmp_path, mode):
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[1:3] = 255
    ending = "tif" if mode == "CMYK" else "png"
    path = _saved(tmp_path / f"a.{ending}", pixels, mode)
    images = read_image_file(path, (4, 4, 1))
    assert images[0, :, 0, 0].tolist() == [0, 255, 255, 0]


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"received .*nowhere\.png"):
        read_image_file(tmp_path / "nowhere.png", (64, 64, 1))


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_file_that_is_no_picture_is_refused(tmp_path, content):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="must be a PNG, JPEG or another image file"):
        read_image_file(path, (64, 64, 1))


def test_truncated_picture_is_refused(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    path = _saved(tmp_path / "a.png", pixels)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match="cannot be read as one"):
        read_image_file(path, (64, 64, 1))


def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path):
    with pytest.raises(IsADirectoryError, match="must be a file"):
        read_image_file(tmp_path, (64, 64, 1))
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(OSError, match="is a pipe"):
        read_image_file(tmp_path / "pipe.png", (64, 64, 1))


def test_a_format_that_we_do_not_name_is_not_opened(tmp_path):
    """Pillow gives EPS to Ghostscript, whatever the file's ending is."""
    Image.new("L", (8, 8)).save(tmp_path / "a.eps")
    (tmp_path / "a.eps").rename(tmp_path / "a.png")
    with pytest.raises(ValueError, match="cannot identify image file"):
        read_image_file(tmp_path / "a.png", (8, 8, 1))


def test_a_stream_is_opened_as_a_file_is(tmp_path):
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "PNG")
    assert read_image_file(stream, (8, 8, 3))[0, 0, 0].tolist() == [255, 0, 0]


def test_too_many_pixels_are_refused_with_the_way_round(tmp_path):
    path = _saved(tmp_path / "a.png", np.zeros((20, 30), np.uint8))
    said = r"300 pixels at most; .* has 600 \(30 x 20\).*max-pixels=600"
    with pytest.raises(ValueError, match=said):
        read_image_file(path, (8, 8, 1), max_pixels=300)
    assert read_image_file(path, (8, 8, 1), max_pixels=600).shape == (1, 8, 8, 1)


def test_a_jpeg_with_too_many_pixels_is_read_smaller(tmp_path):
    path = _saved(tmp_path / "a.jpg", np.zeros((80, 160), np.uint8))
    with open_picture(path, max_pixels=900) as picture:
        assert picture.size == (40, 20)
    Image.new("L", (160, 80)).save(path, progressive=True)
    with pytest.raises(ValueError, match="12,800"), open_picture(path, 900):
        pass


def test_pillows_own_limit_is_another(tmp_path, monkeypatch):
    path = _saved(tmp_path / "a.png", np.zeros((20, 30), np.uint8))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert decoded_picture(path, 1).size == (30, 20)
    assert Image.MAX_IMAGE_PIXELS == 10


def test_rotation_mark_of_the_camera_is_obeyed(tmp_path):
    pixels = np.zeros((8, 16), np.uint8)
    pixels[:, :8] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate a quarter to the right
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    picture = decoded_picture(tmp_path / "a.png", 1)
    assert picture.size == (8, 16)
    # The left half of the file is the top of the picture.
    assert np.asarray(picture)[:, 0].tolist() == [255] * 8 + [0] * 8


def test_large_jpeg_is_read_at_a_fraction_of_its_size(tmp_path):
    ramp = np.tile(np.linspace(0, 255, 800).astype(np.uint8), (600, 1))
    Image.fromarray(ramp).save(tmp_path / "a.jpg", quality=95)
    whole = decoded_picture(tmp_path / "a.jpg", 1)
    part = decoded_picture(tmp_path / "a.jpg", 1, enough=128)
    # By hand: 600 / 4 is the smallest side that is no less than 128.
    assert (whole.size, part.size) == ((800, 600), (200, 150))
    difference = np.abs(
        central_square(whole, 64).astype(int) - central_square(part, 64)
    )
    assert difference.max() <= 2


@pytest.mark.parametrize(("height", "width"), [(20, 50), (50, 20)])
def test_central_square_cuts_what_is_beside_it(height, width):
    pixels = np.full((height, width, 3), 255, np.uint8)
    middle = slice((height - 20) // 2, None), slice((width - 20) // 2, None)
    pixels[middle][:20, :20] = 7
    square = central_square(Image.fromarray(pixels), 10)
    assert square.shape == (10, 10, 3)
    assert (square == 7).all()


def test_central_square_of_its_own_size_is_left_alone():
    pixels = np.random.default_rng(0).integers(0, 256, (9, 9), dtype=np.uint8)
    square = central_square(Image.fromarray(pixels), 9)
    np.testing.assert_array_equal(square[..., 0], pixels)


@pytest.mark.parametrize("ending", ["png", "gif", "bmp", "tif", "webp", "jpg"])
def test_any_damage_is_a_value_error(tmp_path, ending):
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)
    content = _saved(tmp_path / f"whole.{ending}", pixels).read_bytes()
    path = tmp_path / f"damaged.{ending}"
    for _ in range(40):
        damaged = np.frombuffer(content, np.uint8).copy()
        damaged[rng.integers(0, len(damaged), 5)] = rng.integers(0, 256, 5)
        path.write_bytes(damaged.tobytes()[: rng.integers(1, len(content))])
        # Anything but a ValueError ends the test.
        with contextlib.suppress(ValueError):
            assert decoded_picture(path, 3).mode == "RGB"
