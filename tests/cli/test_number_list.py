import click
import pytest

from kbvae.number_list import NumberList


@pytest.mark.parametrize(
    ("text", "numbers"), [("7", (7,)), ("0,10,20", (0, 10, 20)), ("3, 1", (3, 1))]
)
def test_numbers_stand_between_commas(text, numbers):
    assert NumberList().convert(text, None, None) == numbers


@pytest.mark.parametrize("text", ["", "a", "1,", "1,-2", "1.5", "1;2"])
def test_anything_else_is_refused(text):
    with pytest.raises(click.BadParameter, match=r"as 0,10,20; received"):
        NumberList().convert(text, None, None)
