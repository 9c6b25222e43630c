import dataclasses

from small_model import small_model
from small_run import subject, without_factors

from keras_bvae.report.sections.data import data_section


def test_what_the_images_are_and_what_made_them():
    blocks = data_section(subject(small_model())).blocks
    first, *rest = blocks[0].text.splitlines()
    assert first == "squares: a square that moves"
    assert "36 images, 8 x 8, greyscale" in rest
    table, sheet = blocks[-2:]
    assert table.rows == (("row", "6"), ("column", "6"))
    assert sheet.source.startswith("data:image/png")
    assert "one row a factor" in sheet.caption
    assert not [b for b in blocks if b.kind == "text" and "factors:" in b.text]


def test_images_without_factors_have_a_sheet_all_the_same():
    about = subject(small_model())
    about = dataclasses.replace(about, dataset=without_factors(about.dataset))
    blocks = data_section(about).blocks
    assert [block.kind for block in blocks].count("table") == 0
    assert blocks[-1].caption == "Drawn at random."
