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


def test_a_word_may_stand_for_numbers_where_it_is_known():
    assert NumberList(word="all").convert("all", None, None) == "all"
    assert NumberList(word="all").convert("3,5", None, None) == (3, 5)
    with pytest.raises(click.BadParameter, match=r"received 'every'.* the word all\."):
        NumberList(word="all").convert("every", None, None)
    with pytest.raises(click.BadParameter, match="received 'all'"):
        NumberList().convert("all", None, None)
