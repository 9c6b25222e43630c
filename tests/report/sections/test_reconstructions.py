from small_model import small_model
from small_run import subject

from keras_bvae.report.sections.reconstructions import reconstructions_section


def test_images_of_the_data_are_drawn():
    section = reconstructions_section(subject(small_model()))
    (picture,) = section.blocks
    assert section.title == "Reconstructions"
    assert picture.source.startswith("data:image/png")
    assert "squares" in picture.description
