import io

import numpy as np
import pytest
from deep_pictures import deep_png, deep_tiff
from PIL import Image

from keras_bvae.datasets.own.picture_opening import open_picture
from keras_bvae.datasets.own.pixel_depth import DeepPixels, depth_of

RAMP = np.arange(12).reshape(3, 4)
WHOLE = (0, 0, 4, 3)


def saved(tmp_path, pixels, ending="tif", **arguments):
    path = tmp_path / f"a.{ending}"
    Image.fromarray(pixels).save(path, **arguments)
    return path


def read(source):
    with open_picture(source) as image:
        depth = depth_of(image)
        return depth, DeepPixels(image, depth).values(WHOLE)


@pytest.mark.parametrize(
    ("pixels", "kind"),
    [
        (np.float32(RAMP) / 7 - 1, "float"),
        (np.int32(RAMP) * 99_999 - 5, "int"),
        (np.uint16(RAMP) * 5000, "uint16"),
        ((RAMP * 5000).astype(">u2"), "uint16"),
    ],
)
def test_values_of_a_tiff_are_those_that_were_written(tmp_path, pixels, kind):
    depth, values = read(saved(tmp_path, pixels))
    assert (depth.kind, depth.declared) == (kind, None)
    np.testing.assert_array_equal(values, pixels)


@pytest.mark.parametrize(
    ("pixels", "kind"),
    [
        (np.int8(RAMP * 20 - 110), "int8"),
        (np.int16(RAMP * 3000 - 9999), "int"),
        (np.uint32(RAMP) * 390_000_000, "uint32"),
    ],
)
def test_signs_that_pillow_does_not_know_are_seen(pixels, kind):
    depth, values = read(io.BytesIO(deep_tiff(pixels)))
    assert depth.kind == kind
    np.testing.assert_array_equal(values, pixels)


@pytest.mark.parametrize(
    ("tags", "declared"),
    [
        ({281: 4095}, (0, 4095)),
        ({280: 16, 281: 4095}, (16, 4095)),
        ({281: 0}, None),
        ({280: 9, 281: 9}, None),
    ],
)
def test_a_tiff_tells_its_range(tmp_path, tags, declared):
    path = saved(tmp_path, np.uint16(RAMP), tiffinfo=tags)
    assert read(path)[0].declared == declared
    path = saved(tmp_path, np.float32(RAMP), tiffinfo={340: -1024.0, 341: 3071.0})
    assert read(path)[0].declared == (-1024, 3071)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_all_16_bits_of_a_png_are_read(channels):
    pixels = np.random.default_rng(0).integers(0, 65536, (3, 4, channels))
    content = deep_png(pixels, significant=12)
    depth, values = read(io.BytesIO(content))
    assert depth.significant == 12
    colours = pixels[..., :3] if channels > 2 else pixels[..., 0]
    np.testing.assert_array_equal(values, colours)
    with open_picture(io.BytesIO(content)) as image:
        pixels_read = DeepPixels(image, depth)
        opacity = pixels_read.opacity(WHOLE)
    if channels in (1, 3):
        assert opacity is None
    else:
        np.testing.assert_array_equal(np.asarray(opacity), pixels[..., -1] >> 8)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("is_packed", [False, True])
def test_all_16_bits_of_a_colour_tiff_are_read(channels, is_packed):
    pixels = np.random.default_rng(0).integers(0, 65536, (3, 4, channels)).astype("u2")
    depth, values = read(io.BytesIO(deep_tiff(pixels, is_packed)))
    assert depth.kind == "colour"
    np.testing.assert_array_equal(values, pixels[..., :3])


def test_what_is_not_finite_is_no_brightness(tmp_path):
    path = saved(tmp_path, np.float32([[0, np.nan], [np.inf, 1]]))
    with pytest.raises(ValueError, match="not finite"):
        read(path)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK"])
def test_eight_bits_have_no_depth(tmp_path, mode):
    path = tmp_path / f"a.{'tif' if mode == 'CMYK' else 'png'}"
    Image.new(mode, (4, 3)).save(path)
    with open_picture(path) as image:
        assert depth_of(image) is None
