import dataclasses

from small_model import small_model
from small_run import subject, without_factors

from keras_bvae.report.sections.responses import responses_section


def test_latents_are_plotted_against_the_factors():
    (picture,) = responses_section(subject(small_model())).blocks
    assert picture.source.startswith("data:image/svg+xml")
    assert picture.description.endswith("against row, column.")


def test_without_factors_a_sentence_says_so():
    about = subject(small_model())
    about = dataclasses.replace(about, dataset=without_factors(about.dataset))
    (block,) = responses_section(about).blocks
    assert block.text.startswith("plain has no factors")
