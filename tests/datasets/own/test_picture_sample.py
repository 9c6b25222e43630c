import numpy as np
import pytest
from deep_pictures import deep_png
from PIL import Image

from keras_bvae.datasets.own.picture_options import AS_THEY_ARE, PictureOptions
from keras_bvae.datasets.own.picture_sample import look_at_ranges, look_at_some
from keras_bvae.datasets.own.pixel_depth import Depth

RAMP = np.tile(np.linspace(0, 1, 16), (16, 1))
FLOAT = Depth("float")


def saved(folder, *pictures, ending="png"):
    names = [f"{number}.{ending}" for number in range(len(pictures))]
    for name, pixels in zip(names, pictures, strict=True):
        Image.fromarray(pixels).save(folder / name)
    return [(name, 0) for name in names]


def oddity(folder, places, options=AS_THEY_ARE):
    return look_at_some(folder, places, 1, {}, options)


def test_different_pictures_are_not_odd(tmp_path):
    places = saved(tmp_path, np.uint8(RAMP * 200), np.uint8(RAMP.T * 200))
    assert oddity(tmp_path, places) == ""
    assert oddity(tmp_path, places[:1]) == ""


def test_images_that_are_all_alike_are_told_of(tmp_path):
    places = saved(tmp_path, *[np.uint8(RAMP * 200)] * 3)
    assert oddity(tmp_path, places).startswith("the images are all alike. Look at them")
    white = saved(tmp_path, np.full((9, 9), 255, np.uint8))
    assert oddity(tmp_path, white).startswith("the images are white and nothing else.")


def test_digits_from_0_to_16_are_told_of(tmp_path):
    places = saved(tmp_path, np.uint8(RAMP * 16), np.uint8(RAMP.T * 16))
    told = oddity(tmp_path, places)
    assert told.startswith("the brightest value of the images is 16 of 255.")
    assert told.endswith("say +range=0:16.")
    assert oddity(tmp_path, places, PictureOptions((0, 16))) == ""
    # Who has said what is white has seen that it is dark.
    assert oddity(tmp_path, places, PictureOptions((0, 255))) == ""


def test_black_on_transparent_is_told_of(tmp_path):
    drawings = np.zeros((2, 16, 16, 4), np.uint8)
    drawings[0, :3, :, 3] = drawings[1, 4:, :, 3] = 255
    places = saved(tmp_path, *drawings)
    told = oddity(tmp_path, places)
    assert told.endswith("What is transparent lies on black; +on=white changes it.")
    assert oddity(tmp_path, places, PictureOptions(on="white")) == ""


def test_few_of_many_are_looked_at(tmp_path):
    places = saved(tmp_path, np.uint8(RAMP * 9)) * 99
    assert "of the 16 that were looked at" in oddity(tmp_path, places)
    assert oddity(tmp_path, [("nothing.png", 0)]) == ""


def test_ranges_are_found_by_the_values(tmp_path):
    places = saved(tmp_path, np.float32(RAMP), ending="tif")
    assert look_at_ranges(tmp_path, {FLOAT: places}, AS_THEY_ARE) == ({}, "")
    places = saved(tmp_path, np.float32(RAMP * 255), ending="tif")
    ranges, doubt = look_at_ranges(tmp_path, {FLOAT: places}, AS_THEY_ARE)
    assert ranges == {}
    assert "file 0.tif, with values from 0 to 255" in doubt
    asked = PictureOptions((0, 255))
    assert look_at_ranges(tmp_path, {FLOAT: places}, asked) == ({}, "")


def test_one_dark_picture_among_bright_ones_is_no_doubt(tmp_path):
    places = saved(tmp_path, np.uint16(RAMP * 2000), np.uint16(RAMP * 60000))
    depth = Depth("uint16")
    assert look_at_ranges(tmp_path, {depth: places}, AS_THEY_ARE) == ({}, "")
    doubt = look_at_ranges(tmp_path, {depth: places[:1]}, AS_THEY_ARE)[1]
    assert "+range=0:4095" in doubt


def test_dark_colour_of_16_bits_is_doubted_too(tmp_path):
    colours = np.stack([RAMP * 4000, RAMP.T * 4095, RAMP], axis=-1)
    (tmp_path / "a.png").write_bytes(deep_png(colours))
    places = {Depth("colour"): [("a.png", 0)]}
    assert "+range=0:4095" in look_at_ranges(tmp_path, places, AS_THEY_ARE)[1]


@pytest.mark.parametrize(
    ("told", "is_doubted"),
    [
        ([(0.0, 4095.0)], False),
        ([(0.0, 4095.0), (0.0, 65535.0)], False),
        ([(0.0, 3971.0), (0.0, 4021.0)], True),
    ],
)
def test_files_that_tell_different_ranges_are_doubted(tmp_path, told, is_doubted):
    depths = {Depth("uint16", declared): [] for declared in told}
    doubt = look_at_ranges(tmp_path, depths, AS_THEY_ARE)[1]
    assert ("their files tell 2 ranges within 0 to 4021" in doubt) == is_doubted
