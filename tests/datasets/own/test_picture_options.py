import re

import numpy as np
import pytest

from keras_bvae.datasets.own.picture_options import (
    PictureOptions,
    ground_of_text,
    max_pixels_of_text,
    pixels_of_text,
    range_in_text,
    range_of_text,
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
    assert pixels_of_text("size", "64", 64) == 64
    assert ground_of_text("white") == "white"
    with pytest.raises(ValueError, match=r"black or white; received \+on=red"):
        ground_of_text("red")
