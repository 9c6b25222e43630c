import contextlib

import numpy as np
import pytest
from PIL import Image

from keras_bvae.datasets.own.image_file import (
    decoded_picture,
    read_image_file,
)
from keras_bvae.datasets.own.picture_fit import fitted


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


def test_a_picture_is_fitted_as_told(tmp_path):
    pixels = np.full((50, 100), 120, np.uint8)
    pixels[:, 25:75] = 140
    path = _saved(tmp_path / "a.png", pixels)
    assert (read_image_file(path, (8, 8, 1), fit="crop") == 140).all()
    padded = read_image_file(path, (8, 8, 1), on="white")[0, :, :, 0]
    assert (padded[[0, 1, 6, 7]] == 255).all()
    assert padded[2:6].max() < 145
    # Lanczos overshoots at an edge by a tenth of its height or less.
    stretched = read_image_file(path, (8, 8, 1), fit="stretch")[0, :, :, 0]
    assert abs(stretched[:, 0].astype(int) - 120).max() <= 2
    # A thread of a picture can be cut.
    path = _saved(tmp_path / "b.png", np.full((1, 999), 9, np.uint8))
    assert (read_image_file(path, (8, 8, 1), fit="crop") == 9).all()


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


@pytest.mark.parametrize("shape", [(1, 999), (999, 1)])
def test_picture_of_which_nothing_would_be_left_is_refused(tmp_path, shape):
    path = _saved(tmp_path / "a.png", np.zeros(shape, np.uint8))
    with pytest.raises(ValueError, match="must leave a line at 8 x 8"):
        read_image_file(path, (8, 8, 1))


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


def _turned_tiff(path, mode, tag):
    picture = Image.new("RGB", (16, 8))
    picture.paste("white", (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = tag
    picture.convert(mode).save(path, exif=exif)
    return path


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "CMYK"])
def test_turned_tiff_is_turned_once(tmp_path, mode):
    """Pillow turns them itself, and turned some of them twice."""
    picture = decoded_picture(_turned_tiff(tmp_path / "a.tif", mode, 6), 1)
    assert picture.size == (8, 16)
    assert np.asarray(picture)[:, 0].tolist() == [255] * 8 + [0] * 8


@pytest.mark.parametrize(
    ("pixels", "said"),
    [
        (np.float32([[0, 255]]), r"from 0 to 255 .*value_range=\(0, 255\) in Python"),
        (np.float32([[-1, 1]]), r"from -1 to 1 .*value_range=\(-1, 1\)"),
        (np.int32([[-1024, 3071]]), r"value_range=\(-1024, 3071\)"),
        (np.uint16([[0, 4000]]), r"value_range=\(0, 4095\)"),
    ],
)
def test_picture_that_does_not_tell_its_white_is_refused(tmp_path, pixels, said):
    with pytest.raises(ValueError, match=said):
        read_image_file(_saved(tmp_path / "a.tif", pixels), (1, 2, 1))


def test_range_and_ground_are_followed(tmp_path):
    path = _saved(tmp_path / "a.tif", np.int32([[-1024, 3071]]))
    images = read_image_file(path, (1, 2, 1), value_range=(-1024, 3071))
    assert images.ravel().tolist() == [0, 255]
    path = _saved(tmp_path / "a.png", np.zeros((2, 2, 4), np.uint8))
    assert (read_image_file(path, (2, 2, 1), on="white") == 255).all()


def test_large_jpeg_is_read_at_a_fraction_of_its_size(tmp_path):
    ramp = np.tile(np.linspace(0, 255, 800).astype(np.uint8), (600, 1))
    Image.fromarray(ramp).save(tmp_path / "a.jpg", quality=95)
    whole = decoded_picture(tmp_path / "a.jpg", 1)
    part = decoded_picture(tmp_path / "a.jpg", 1, enough=128)
    # By hand: 600 / 4 is the smallest side that is no less than 128.
    assert (whole.size, part.size) == ((800, 600), (200, 150))
    difference = np.abs(fitted(whole, (64, 64)).astype(int) - fitted(part, (64, 64)))
    assert difference.max() <= 2


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
