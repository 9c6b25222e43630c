import copy
import io
import pickle

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from keras_bvae.pictures.colors import ACCENT, FAINT_INK, INK, PAPER
from keras_bvae.pictures.picture_file import save_picture
from keras_bvae.pictures.sheets.sheet import (
    FRAME_WIDTH,
    MARGIN,
    Sheet,
    SheetHeader,
    stacked_sheets,
)
from keras_bvae.pictures.sheets.typeface import text_width


def inked(sheet):
    """Bool array, shape `(height, width)`: where a sheet is no longer paper."""
    return (np.asarray(sheet.picture) != PAPER).any(axis=-1)


def test_a_new_sheet_is_blank():
    sheet = Sheet(30, 20)
    assert sheet.picture.size == (30, 20)
    assert not inked(sheet).any()


@pytest.mark.parametrize(("align", "left"), [("left", 100), ("right", 0)])
def test_text_stays_on_its_side_within_its_width(align, left):
    sheet = Sheet(200, 30)
    sheet.text(100, 5, "2.51 nats", align=align)
    columns = np.flatnonzero(inked(sheet).any(axis=0))
    width = text_width("2.51 nats")
    assert columns.min() >= max(left, 100 - width)
    assert columns.max() <= min(left + 100, 100 + width)


def test_a_frame_leaves_its_box_alone():
    sheet = Sheet(40, 40)
    sheet.tile(10, 10, np.full((6, 8, 1), 7, np.uint8), scale=2)
    sheet.frame(10, 10, 16, 12)
    pixels = np.asarray(sheet.picture)
    np.testing.assert_array_equal(pixels[10:22, 10:26], 7)
    # All round the box: FRAME_WIDTH pixels of accent, then paper.
    ring = pixels[
        10 - FRAME_WIDTH : 22 + FRAME_WIDTH, 10 - FRAME_WIDTH : 26 + FRAME_WIDTH
    ]
    accent = (ring == ACCENT).all(axis=-1)
    assert accent.sum() == 16 * 20 - 12 * 16
    assert (pixels == ACCENT).all(axis=-1).sum() == accent.sum()


def test_a_box_fills_exactly_its_pixels():
    sheet = Sheet(20, 20)
    sheet.box(3, 4, 5, 6, ACCENT)
    rows, columns = np.nonzero(inked(sheet))
    assert (columns.min(), columns.max()) == (3, 7)
    assert (rows.min(), rows.max()) == (4, 9)


def drawn_by_matplotlib(sheet):
    """The pixels of a sheet's figure, at the sheet's size."""
    canvas = FigureCanvasAgg(sheet.figure())
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


def test_a_figure_has_the_sheets_size_tiles_and_frames_to_the_pixel():
    image = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    sheet = Sheet(101, 83)
    sheet.box(3, 5, 41, 1, FAINT_INK)
    sheet.tile(20, 12, image, scale=3)
    sheet.frame(20, 12, 21, 27)
    np.testing.assert_array_equal(drawn_by_matplotlib(sheet), np.asarray(sheet.picture))


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_text_stands_at_the_same_place_in_a_figure(align):
    sheet = Sheet(240, 40)
    sheet.text(120, 10, "β = 4, z3: 2.51 nats", align=align)
    places = []
    for pixels in (np.asarray(sheet.picture), drawn_by_matplotlib(sheet)):
        rows, columns = np.nonzero(pixels.min(axis=-1) < 160)
        places.append((rows.min(), rows.max(), columns.min(), columns.max()))
    # Two ways to fit letters to pixels.
    np.testing.assert_allclose(*places, atol=2)


def test_dollars_are_no_formula_in_a_figure():
    sheet = Sheet(300, 40)
    sheet.text(10, 10, "runs/$a_b$/ckpt.keras")
    (text,) = sheet.figure().axes[0].texts
    assert not text.get_parse_math()


def test_a_sheet_can_hold_another():
    small, large = Sheet(30, 30), Sheet(80, 60)
    small.tile(2, 3, np.full((4, 4, 1), 7, np.uint8), scale=2)
    small.text(12, 2, "z", color=INK)
    large.place(small, 40, 20)
    outer, inner = np.asarray(large.picture), np.asarray(small.picture)
    np.testing.assert_array_equal(outer[20:50, 40:70], inner)
    assert (outer[:20] == PAPER).all()


def filled(shade, width, height):
    sheet = Sheet(width, height)
    sheet.box(0, 0, width, height, (shade,) * 3)
    return sheet


def test_sheets_stand_one_below_the_other():
    stack = stacked_sheets([filled(10, 30, 5), filled(20, 20, 7)])
    pixels = np.asarray(stack.picture)
    assert pixels.shape == (12, 30, 3)
    assert (pixels[:5] == 10).all()
    assert (pixels[5:, :20] == 20).all()
    assert (pixels[5:, 20:] == PAPER).all()


def small_sheet():
    sheet = Sheet(41, 31)
    sheet.tile(5, 5, np.full((4, 4, 1), 9, np.uint8), scale=5)
    return sheet


def test_a_notebook_shows_its_pixels():
    sheet = small_sheet()
    with Image.open(io.BytesIO(sheet._repr_png_())) as shown:
        assert shown.format == "PNG"
        np.testing.assert_array_equal(np.asarray(shown), np.asarray(sheet.picture))


@pytest.mark.parametrize("ending", ["png", "pdf"])
def test_it_writes_itself_as_save_picture_does(tmp_path, ending):
    sheet = small_sheet()
    sheet.save(tmp_path / f"one.{ending}")
    save_picture(sheet, str(tmp_path / f"two.{ending}"))
    one, two = (tmp_path / f"{name}.{ending}" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_it_says_what_is_wrong_with_a_path(tmp_path):
    with pytest.raises(ValueError, match=r"must end in .png"):
        small_sheet().save(tmp_path / "out.jpg")


def test_for_a_version_it_does_what_a_matplotlib_figure_did(tmp_path):
    sheet = small_sheet()
    said = (
        r"lose `\.savefig` .* call `\.figure\(\)` for Matplotlib, or `\.save\(path\)`"
    )
    with pytest.warns(DeprecationWarning, match=said):
        sheet.savefig(tmp_path / "old.png")
    with Image.open(tmp_path / "old.png") as written:
        pixels = np.asarray(written.convert("RGB"))
    np.testing.assert_array_equal(pixels, np.asarray(sheet.picture))
    # One figure, so that what a script changes is in what it saves.
    with pytest.warns(DeprecationWarning, match=r"lose `\.axes`"):
        axes = sheet.axes
    with pytest.warns(DeprecationWarning, match=r"lose `\.gca`"):
        assert sheet.gca() is axes[0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["nothing", "_nothing", "_stale", "__array__"])
def test_what_neither_has_is_missing_as_usual(name):
    assert not hasattr(small_sheet(), name)
    with pytest.raises(AttributeError, match=f"no attribute '{name}'"):
        getattr(small_sheet(), name)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda sheet: pickle.loads(pickle.dumps(sheet))],
)
def test_copies_show_the_same(copied):
    sheet = small_sheet()
    np.testing.assert_array_equal(copied(sheet).picture, sheet.picture)
    assert not hasattr(Sheet.__new__(Sheet), "marks")


@pytest.mark.filterwarnings("error")
def test_saving_it_is_no_use_of_a_figure(tmp_path):
    for ending in ("png", "svg", "gif"):
        save_picture(small_sheet(), tmp_path / f"out.{ending}")


def test_an_empty_header_takes_no_room():
    header = SheetHeader()
    assert header.height == 0
    assert header.sheet_width(300) == 300


def test_empty_lines_are_left_out():
    assert (
        SheetHeader(lines=("a", "", "b")).height == SheetHeader(lines=("a", "b")).height
    )


def test_a_header_widens_its_sheet_for_text_but_not_without_end():
    line = "a line that is wider than ten pixels"
    widened = SheetHeader(lines=(line,)).sheet_width(10)
    assert 10 < widened < 400
    assert SheetHeader(title="long " * 100).sheet_width(10) == 760
    assert SheetHeader(title="long " * 100).sheet_width(900) == 900


def test_images_are_drawn_whole_and_text_stays_inside():
    image = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    header = SheetHeader("long " * 100, ("more " * 100,), (("image", image),), scale=2)
    sheet = Sheet(400, header.height + 2 * MARGIN)
    header.draw(sheet, MARGIN, MARGIN, 400 - 2 * MARGIN)
    pixels = np.asarray(sheet.picture)
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
