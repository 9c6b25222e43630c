from small_model import small_model
from small_run import subject

from keras_bvae.report.sections.samples import samples_section


def test_the_runs_seed_draws_the_codes():
    model = small_model()
    (picture,) = samples_section(subject(model)).blocks
    assert picture.source.startswith("data:image/png")
    (again,) = samples_section(subject(model)).blocks
    assert again.source == picture.source
    settings = {**subject(model).record["settings"], "seed": 4}
    (other,) = samples_section(subject(model, record={"settings": settings})).blocks
    assert other.source != picture.source
