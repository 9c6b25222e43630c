import re

import numpy as np
import pytest

from keras_bvae.datasets.own.picture_options import (
    PictureOptions,
    channels_of_text,
    fit_of_text,
    folders_of_text,
    ground_of_text,
    max_pixels_of_text,
    range_in_text,
    range_of_text,
    require_channels,
    size_of_text,
)


def test_equal_options_are_equal():
    assert PictureOptions([0, np.int64(4095)]) == PictureOptions((0.0, 4095.0))


@pytest.mark.parametrize(
    "value", [(1, 0), (0, 0), (0,), (0, float("nan")), (0, "9"), 5, (0, True), "0:9"]
)
def test_what_is_no_range_is_refused(value):
    with pytest.raises(ValueError, match="must be two finite numbers"):
        PictureOptions(value_range=value)


def test_other_options_are_looked_at():
    with pytest.raises(ValueError, match="must be one of black, white"):
        PictureOptions(on="whit")
    with pytest.raises(ValueError, match="`fit` must be one of pad, stretch, crop"):
        PictureOptions(fit="padd")
    with pytest.raises(ValueError, match="whole number >= 1"):
        PictureOptions(max_pixels=0)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0:4095", (0, 4095)), ("-1:1", (-1, 1)), ("-1e3:.5", (-1000, 0.5))],
)
def test_a_range_is_read_and_written(text, value):
    assert range_of_text(text) == value
    assert range_of_text(range_in_text(value)) == value


@pytest.mark.parametrize(
    "text", [None, "", "5", "1:0", "0:nan", "0:1e999", "0:1:2", "a:b", "0: 1", "٠:٩"]
)
def test_what_is_no_range_in_a_name_is_refused(text):
    said = re.escape("Write +range=0:4095.")
    with pytest.raises(ValueError, match=said):
        range_of_text(text)


@pytest.mark.parametrize("text", [None, "", "0", "-5", "1.5", "9" * 40, "٣"])
def test_what_is_no_number_of_pixels_is_refused(text):
    with pytest.raises(ValueError, match=r"\+max-pixels must be followed by a number"):
        max_pixels_of_text(text)


def test_words_are_read():
    assert max_pixels_of_text("400000000") == 400_000_000
    assert fit_of_text("pad") == "pad"
    assert folders_of_text("factor") == "factor"
    assert [channels_of_text(text) for text in "134"] == [1, 3, 4]
    assert ground_of_text("white") == "white"
    with pytest.raises(ValueError, match=r"black or white; received \+on=red"):
        ground_of_text("red")


@pytest.mark.parametrize("channels", [0, 2, 5, 3.0, True, "3"])
def test_other_numbers_of_channels_are_refused(channels):
    with pytest.raises(ValueError, match=r"3 \(colour\) or 4 .* received channels="):
        PictureOptions(channels=channels)


def test_grey_has_one_channel():
    require_channels(1, greyscale=True)
    require_channels(None, greyscale=True)
    with pytest.raises(ValueError, match=r"\+grey and \+channels=4\). Leave one out"):
        require_channels(4, greyscale=True)


@pytest.mark.parametrize(
    ("text", "size"),
    [("64", 64), ("64x64", 64), ("96x64", (64, 96)), ("9X16", (16, 9))],
)
def test_a_size_is_width_times_height(text, size):
    assert size_of_text(text) == size


@pytest.mark.parametrize("text", [None, "", "0x9", "9x0", "9x", "x9", "9x9x3", "9,9"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError, match=r"pixels, or by WIDTHxHEIGHT; .* \+size=64\."):
        size_of_text(text)


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (fit_of_text, "cut", "+fit takes pad, stretch or crop; received +fit=cut. Wri"),
        (fit_of_text, None, "received +fit. Write +fit=pad."),
        (folders_of_text, "class", "+folders takes factor; received +folders=class."),
        (channels_of_text, "2", "+channels takes 1, 3 or 4; received +channels=2. Wr"),
    ],
)
def test_what_a_word_does_not_take_is_refused(read, text, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        read(text)
