import numpy as np
import pytest

from keras_bvae.pictures.page import (
    ACCENT,
    FRAME_WIDTH,
    PAPER,
    Page,
    shortened,
    spelled_out,
    text_width,
)


def inked(page):
    """Bool array, shape `(height, width)`: where a page is no longer paper."""
    return (np.asarray(page.picture) != PAPER).any(axis=-1)


def test_a_new_page_is_blank():
    page = Page(30, 20)
    assert page.picture.size == (30, 20)
    assert not inked(page).any()


@pytest.mark.parametrize(("align", "left"), [("left", 100), ("right", 0)])
def test_text_stays_on_its_side_within_its_width(align, left):
    page = Page(200, 30)
    page.text(100, 5, "2.51 nats", align=align)
    columns = np.flatnonzero(inked(page).any(axis=0))
    width = text_width("2.51 nats")
    assert columns.min() >= max(left, 100 - width)
    assert columns.max() <= min(left + 100, 100 + width)


def test_a_frame_leaves_its_box_alone():
    page = Page(40, 40)
    page.tile(10, 10, np.full((6, 8, 1), 7, np.uint8), scale=2)
    page.frame(10, 10, 16, 12)
    pixels = np.asarray(page.picture)
    np.testing.assert_array_equal(pixels[10:22, 10:26], 7)
    # All round the box: FRAME_WIDTH pixels of accent, then paper.
    ring = pixels[
        10 - FRAME_WIDTH : 22 + FRAME_WIDTH, 10 - FRAME_WIDTH : 26 + FRAME_WIDTH
    ]
    accent = (ring == ACCENT).all(axis=-1)
    assert accent.sum() == 16 * 20 - 12 * 16
    assert (pixels == ACCENT).all(axis=-1).sum() == accent.sum()


def test_a_box_fills_exactly_its_pixels():
    page = Page(20, 20)
    page.box(3, 4, 5, 6, ACCENT)
    rows, columns = np.nonzero(inked(page))
    assert (columns.min(), columns.max()) == (3, 7)
    assert (rows.min(), rows.max()) == (4, 9)


def test_letters_that_the_font_lacks_are_spelled_out():
    assert spelled_out("β = 4, −1 … ±2, 日") == "beta = 4, -1 … ±2, ?"


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
