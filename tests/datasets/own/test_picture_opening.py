import io
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from keras_bvae.datasets.own.image_file import decoded_picture, read_image_file
from keras_bvae.datasets.own.picture_opening import (
    FORMATS,
    may_be_cut_short,
    open_picture,
)


def _saved(path, array):
    Image.fromarray(array).save(path)
    return path


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
    with pytest.raises(ValueError, match="no image"):
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
    with open_picture(path, enough=40) as picture:
        assert picture.size == (80, 40)
    with open_picture(path, max_pixels=900, enough=40) as picture:
        assert picture.size == (40, 20)
    Image.new("L", (160, 80)).save(path, progressive=True)
    with pytest.raises(ValueError, match="12,800"), open_picture(path, 900):
        pass


def test_pillows_own_limit_is_another(tmp_path, monkeypatch):
    path = _saved(tmp_path / "a.png", np.zeros((20, 30), np.uint8))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert decoded_picture(path, 1).size == (30, 20)
    assert Image.MAX_IMAGE_PIXELS == 10


@pytest.mark.parametrize("name", ["EPS", "WMF", "IPTC", "HDF5", "GRIB", "BUFR", "MPEG"])
def test_formats_that_other_programs_read_are_not_named(name):
    assert name not in FORMATS


def _pictures():
    """Small files of several formats, each with something to go wrong in."""
    grey = np.arange(120, dtype=np.uint8).reshape(10, 12)
    colour = Image.fromarray(np.dstack([grey, grey[::-1], 255 - grey]))
    deep = Image.fromarray(grey.astype(np.uint16) * 257)
    palette = colour.quantize(7)
    kinds = [("PNG", colour, {}), ("PNG", deep, {}), ("PNG", palette, {})]
    kinds += [("PNG", colour.convert("RGBA"), {}), ("JPEG", colour, {})]
    kinds += [("GIF", palette, {"save_all": True, "append_images": [palette]})]
    kinds += [("TIFF", deep, {}), ("TIFF", colour, {"compression": "tiff_lzw"})]
    kinds += [("TIFF", Image.fromarray(np.float32(grey) / 255), {})]
    kinds += [("WEBP", colour, {}), ("BMP", palette, {}), ("TGA", colour, {})]
    files = []
    for kind, picture, arguments in kinds:
        stream = io.BytesIO()
        picture.save(stream, kind, **arguments)
        files.append(stream.getvalue())
    return files


PICTURES = _pictures()
BRIEFLY = {"derandomize": True, "deadline": None, "database": None}


def read_or_refused(content):
    """Reads bytes as a picture; anything but an image or a ValueError is a failure."""
    images = sentence = None
    try:
        with open_picture(io.BytesIO(content), max_pixels=10**6) as picture:
            assert picture.width * picture.height <= 10**6
        images = read_image_file(io.BytesIO(content), (8, 8, 3), max_pixels=10**6)
    except ValueError as error:
        sentence = str(error)
    if sentence is None:
        assert (images.shape, images.dtype) == ((1, 8, 8, 3), np.uint8)
    else:
        assert len(sentence) < 2200
        assert "\n" not in sentence


@settings(max_examples=200, **BRIEFLY)
@given(st.binary(max_size=64))
def test_any_bytes_are_an_image_or_one_sentence(content):
    read_or_refused(content)


@settings(max_examples=400, **BRIEFLY)
@given(
    st.sampled_from(PICTURES),
    st.lists(st.tuples(st.integers(0, 2**16), st.binary(max_size=4)), max_size=4),
    st.integers(0, 2**16),
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_any_damaged_picture_is_an_image_or_one_sentence(content, changes, end):
    damaged = bytearray(content)
    for place, values in changes:
        place %= len(damaged)
        damaged[place : place + len(values)] = values
    read_or_refused(bytes(damaged[: 1 + end % len(damaged)] if end % 3 else damaged))


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp"])
def test_a_file_that_lacks_its_end_is_found_by_its_last_bytes(tmp_path, ending):
    values = np.random.default_rng(0).integers(0, 256, (40, 40), dtype=np.uint8)
    path = _saved(tmp_path / f"a.{ending}", values)
    with open_picture(path) as image:
        assert not may_be_cut_short(image)
        np.testing.assert_allclose(image, values, atol=99)  # still to be decoded
    path.write_bytes(path.read_bytes()[:1200])
    with open_picture(path) as image:
        assert may_be_cut_short(image) == (ending != "bmp")


def test_an_empty_file_is_called_so(tmp_path):
    (tmp_path / "a.png").touch()
    with pytest.raises(ValueError, match=r"\(an empty file\)"):
        read_image_file(tmp_path / "a.png", (8, 8, 1))
