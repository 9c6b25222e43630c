from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from keras_bvae.pictures.sheets.typeface import (
    CAPITAL_HEIGHT,
    SMALL_SIZE,
    TITLE_SIZE,
    font,
    in_lines,
    in_two_lines,
    line_height,
    printable,
    shortened,
    text_width,
)


def test_letters_that_the_font_lacks_are_question_marks():
    text = "β = 4, γ × −1 … ±2 σ – ü"
    assert printable(text) == text
    assert printable("日\n\t$") == "???$"


def test_what_no_text_may_hold_is_an_escape():
    assert printable("caf\udce9.png \x1b[2J") == "caf\\udce9.png \\x1b[2J"


def test_text_that_fits_is_not_shortened():
    assert shortened("runs/a/ckpt.keras", 1000) == "runs/a/ckpt.keras"


def test_shortened_text_fits_and_keeps_both_ends():
    text = "/home/someone/" + "long/" * 40 + "ckpt.keras"
    short = shortened(text, 200)
    assert text_width(short) <= 200
    start, end = short.split("…")
    assert text.startswith(start)
    assert text.endswith(end)
    assert min(len(start), len(end)) > 5


# Nothing, bytes of a name that is not UTF-8, and letters of every kind.
TEXTS = st.text(max_size=60) | st.text("AVWil ._-/β\n$\\\udcff日", max_size=60)


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(TEXTS, st.integers(0, 300))
def test_of_any_text_as_much_is_kept_as_fits(text, width):
    text = printable(text)
    assert printable(text) == text
    kept, wanted = len(text), text  # letter by letter, as one would by hand
    while kept > 2 and text_width(wanted) > width:
        kept -= 1
        wanted = text[: (kept + 1) // 2] + "…" + text[-(kept // 2) :]
    assert shortened(text, width) == wanted
    picture = Image.new("L", (1, 1))
    ImageDraw.Draw(picture).text((0, 0), wanted, font=font(SMALL_SIZE))
    for line in in_lines(text, width):
        assert text_width(line) <= width or len(line) <= 3


def test_a_name_of_millions_of_letters_is_shortened_at_once():
    text = "runs/" + "a" * 2_000_000 + " ckpt.keras"
    short = shortened(text, 200)
    assert text_width(short) <= 200
    assert short.startswith("runs/a")
    assert short.endswith("ckpt.keras")
    assert text_width(text) > 10_000
    lines = in_lines("a word " * 300_000, 200)
    assert max(map(text_width, lines)) <= 200
    assert len(lines) < 1000
    assert len(in_two_lines(text, 200)) == 2


def test_a_width_holds_all_that_is_drawn():
    for size in (SMALL_SIZE, TITLE_SIZE):
        left, _, right, _ = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox(
            (0, 0), "z12 dead 2.51 nats", font(size)
        )
        assert 0 <= left <= right <= text_width("z12 dead 2.51 nats", size)


def test_a_wide_text_is_broken_near_its_middle():
    assert in_two_lines("wall hue", 500) == ("wall hue",)
    assert in_two_lines("azimuth of the camera", 80) == ("azimuth of", "the camera")
    assert in_two_lines("position_x_left", 40) == ("position_", "x_left")
    assert in_two_lines("unbreakable", 10) == ("unbreakable",)


def test_capitals_have_their_height():
    _, top, _, bottom = font(1000).getbbox("H", anchor="ls")
    assert bottom == 0
    assert abs(-top / 1000 - CAPITAL_HEIGHT) < 0.002


def test_a_line_holds_letters_with_tails():
    for size in (SMALL_SIZE, TITLE_SIZE):
        ascent, descent = font(size).getmetrics()
        assert ascent + descent <= line_height(size) + 1


def test_lines_are_broken_at_spaces_and_none_is_too_wide():
    text = "images:a/very/long/path/to/some/images 64 at a point of a curve"
    lines = in_lines(text, 150, SMALL_SIZE)
    assert max(text_width(line, SMALL_SIZE) for line in lines) <= 150
    assert lines[0].startswith("images:")
    assert "…" in lines[0]
    assert " ".join(lines[1:]) == "64 at a point of a curve"
    assert in_lines("one two three", 60) == ("one two", "three")
    assert in_lines("", 150) == ("",)
