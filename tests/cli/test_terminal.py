import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbvae import terminal
from keras_bvae import errors


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.text(max_size=40) | st.text("a\x1b\x85\u202e\udcff\n", max_size=40))
def test_it_is_the_rule_of_the_library(text):
    assert terminal.printable(text) == errors.printable(text)
    assert terminal.printable(text, 8) == errors.printable(text, 8)


def test_every_letter_is_judged_as_the_library_does():
    letters = "".join(map(chr, range(0x11000)))
    assert terminal.printable(letters, 10**6) == errors.printable(letters, 10**6)


def test_one_line_of_a_book_is_short():
    line = terminal.one_line("a word\n\x1b[2J " * 500_000)
    assert "\n" not in line
    assert "\x1b" not in line
    assert len(line) < 2500


@pytest.mark.parametrize(
    ("text", "shown"),
    [("β = 4 ± 2 …", "b = 4 ~ 2 ."), ("日", "\\u65e5"), ("\udcff", "\\udcff")],
)
def test_letters_that_a_terminal_lacks_do_not_end_the_command(monkeypatch, text, shown):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", stream)
    terminal.take_any_letter()
    print(text, end="", flush=True)
    assert stream.buffer.getvalue().decode("ascii") == shown


def test_an_output_that_is_closed_or_has_its_own_way_stays(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    terminal.take_any_letter()
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace")
    monkeypatch.setattr("sys.stdout", stream)
    terminal.take_any_letter()
    assert stream.errors == "replace"
