import pytest

from keras_bvae.datasets.numbers.number_options import (
    columns_of_text,
    kind_of_text,
    rows_of_text,
)


def test_what_is_written_is_read():
    assert columns_of_text("drop", "a, b b") == ("a", "b b")
    assert rows_of_text("window", "50") == 50
    assert kind_of_text("series") == "series"


@pytest.mark.parametrize("text", [None, "", "a,", ","])
def test_names_of_columns_are_not_empty(text):
    with pytest.raises(ValueError, match=r"Write \+drop=first,second"):
        columns_of_text("drop", text)


@pytest.mark.parametrize("text", [None, "", "-1", "1.5", "9" * 20, "²"])
def test_a_number_of_rows_is_a_whole_number(text):
    with pytest.raises(ValueError, match=r"Write \+window=50"):
        rows_of_text("window", text)
