import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from keras_bvae.pictures.sheets.page import (
    ACCENT,
    FAINT_INK,
    FRAME_WIDTH,
    INK,
    PAPER,
    Page,
)
from keras_bvae.pictures.sheets.typeface import text_width


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


def drawn_by_matplotlib(page):
    """The pixels of a page's figure, at the page's size."""
    canvas = FigureCanvasAgg(page.figure())
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


def test_a_figure_has_the_pages_size_tiles_and_frames_to_the_pixel():
    image = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    page = Page(101, 83)
    page.box(3, 5, 41, 1, FAINT_INK)
    page.tile(20, 12, image, scale=3)
    page.frame(20, 12, 21, 27)
    np.testing.assert_array_equal(drawn_by_matplotlib(page), np.asarray(page.picture))


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_text_stands_at_the_same_place_in_a_figure(align):
    page = Page(240, 40)
    page.text(120, 10, "β = 4, z3: 2.51 nats", align=align)
    places = []
    for pixels in (np.asarray(page.picture), drawn_by_matplotlib(page)):
        rows, columns = np.nonzero(pixels.min(axis=-1) < 160)
        places.append((rows.min(), rows.max(), columns.min(), columns.max()))
    # Two ways to fit letters to pixels.
    np.testing.assert_allclose(*places, atol=2)


def test_dollars_are_no_formula_in_a_figure():
    page = Page(300, 40)
    page.text(10, 10, "runs/$a_b$/ckpt.keras")
    (text,) = page.figure().axes[0].texts
    assert not text.get_parse_math()


def test_a_page_can_hold_another():
    small, large = Page(30, 30), Page(80, 60)
    small.tile(2, 3, np.full((4, 4, 1), 7, np.uint8), scale=2)
    small.text(12, 2, "z", color=INK)
    large.place(small, 40, 20)
    outer, inner = np.asarray(large.picture), np.asarray(small.picture)
    np.testing.assert_array_equal(outer[20:50, 40:70], inner)
    assert (outer[:20] == PAPER).all()
