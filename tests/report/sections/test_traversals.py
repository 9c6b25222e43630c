from small_model import small_model
from small_run import subject

from keras_bvae.report.sections.traversals import traversals_section


def test_latents_are_swept_still_and_moving():
    still, film = traversals_section(subject(small_model())).blocks
    assert still.source.startswith("data:image/png")
    assert film.source.startswith("data:image/gif")
