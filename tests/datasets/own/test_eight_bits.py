import io

import numpy as np
import pytest
from deep_pictures import deep_png
from PIL import Image

from keras_bvae.datasets.own import eight_bits
from keras_bvae.datasets.own.eight_bits import (
    eight_bit_picture,
    in_channels,
    in_eight_bits,
    seen_values,
)
from keras_bvae.datasets.own.picture_opening import open_picture
from keras_bvae.datasets.own.pixel_depth import depth_of


def test_a_range_is_spread_over_eight_bits():
    values = np.array([-2000, -1000, 0, 1000, 2000])
    assert in_eight_bits(values, (-1000, 1000)).tolist() == [0, 0, 128, 255, 255]


def test_transparent_parts_lie_on_the_ground():
    drawing = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    drawing.putpixel((1, 0), (0, 0, 0, 255))
    assert np.asarray(in_channels(drawing, 1)).tolist() == [[0, 0]]
    assert np.asarray(in_channels(drawing, 1, "white")).tolist() == [[255, 0]]


@pytest.mark.parametrize("mode", ["L", "RGB", "LA", "P"])
def test_eight_bits_are_spread_too(mode):
    grey = Image.fromarray(np.uint8([[0, 8, 16, 40]]))
    picture = in_channels(grey.convert(mode), 3, value_range=(0, 16))
    assert np.asarray(picture)[0, :, 0].tolist() == [0, 128, 255, 255]
    # Black and white are what they are.
    is_white = in_channels(Image.new("1", (1, 1), 1), 1, value_range=(0, 128))
    assert np.asarray(is_white).tolist() == [[255]]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
@pytest.mark.parametrize("channels", [1, 3])
def test_bands_make_the_same_picture(tmp_path, monkeypatch, mode, channels):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (9, 7, 4), dtype=np.uint8)
    Image.fromarray(pixels).convert("RGB" if mode == "P" else mode).convert(mode).save(
        tmp_path / "a.png"
    )
    pictures = []
    for most in (10**6, 10):
        monkeypatch.setattr(eight_bits, "MOST_AT_ONCE", most)
        monkeypatch.setattr(eight_bits, "PIXELS_OF_A_BAND", 14)
        with open_picture(tmp_path / "a.png") as image:
            pictures.append(eight_bit_picture(image, None, channels, "white")[0])
    np.testing.assert_array_equal(*map(np.asarray, pictures))


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_deep_values_are_spread_by_their_range(monkeypatch, channels):
    monkeypatch.setattr(eight_bits, "PIXELS_OF_A_BAND", 8)
    pixels = np.full((5, 4, channels), 65535)
    pixels[..., : channels - 1 + channels % 2] = 2048
    with open_picture(io.BytesIO(deep_png(pixels))) as image:
        depth = depth_of(image)
        picture, seen = eight_bit_picture(image, depth, 3, value_range=(0, 4096))
    assert (seen.least, seen.most) == (2048, 2048)
    assert (np.asarray(picture) == 128).all()
    with open_picture(io.BytesIO(deep_png(pixels))) as image:
        assert seen_values(image, depth).most == 2048


def test_16_bit_colour_goes_by_its_upper_byte_otherwise():
    pixels = np.full((2, 2, 3), 0x12FF)
    with open_picture(io.BytesIO(deep_png(pixels))) as image:
        picture, seen = eight_bit_picture(image, depth_of(image), 3)
    assert seen is None
    assert (np.asarray(picture) == 0x12).all()
