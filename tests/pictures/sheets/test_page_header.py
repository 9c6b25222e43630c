import numpy as np

from keras_bvae.pictures.sheets.page import MARGIN, PAPER, Page
from keras_bvae.pictures.sheets.page_header import PageHeader


def test_an_empty_header_takes_no_room():
    header = PageHeader()
    assert header.height == 0
    assert header.page_width(300) == 300


def test_empty_lines_are_left_out():
    assert (
        PageHeader(lines=("a", "", "b")).height == PageHeader(lines=("a", "b")).height
    )


def test_a_page_widens_for_text_but_not_without_end():
    line = "a line that is wider than ten pixels"
    widened = PageHeader(lines=(line,)).page_width(10)
    assert 10 < widened < 400
    assert PageHeader(title="long " * 100).page_width(10) == 760
    assert PageHeader(title="long " * 100).page_width(900) == 900


def test_images_are_drawn_whole_and_text_stays_inside():
    image = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    header = PageHeader("long " * 100, ("more " * 100,), (("image", image),), scale=2)
    page = Page(400, header.height + 2 * MARGIN)
    header.draw(page, MARGIN, MARGIN, 400 - 2 * MARGIN)
    pixels = np.asarray(page.picture)
    expected = image.repeat(2, axis=0).repeat(2, axis=1)
    # The caption "image" is wider than the tile, which therefore stands a bit inwards.
    lefts = [
        left
        for left in range(MARGIN, MARGIN + 40)
        if (pixels[MARGIN : MARGIN + 32, left : left + 32] == expected).all()
    ]
    assert len(lefts) == 1
    border = np.ones(pixels.shape[:2], bool)
    border[MARGIN:-MARGIN, MARGIN:-MARGIN] = False
    np.testing.assert_array_equal(
        pixels[border], np.broadcast_to(PAPER, (border.sum(), 3))
    )
