import dataclasses

from small_model import small_model
from small_run import score_record, subject, without_factors

from keras_bvae.report.drawn_sections import (
    curves_section,
    data_section,
    heat_maps_section,
    reconstructions_section,
    responses_section,
    samples_section,
    traversals_section,
)
from keras_bvae.report.measured import Measured
from keras_bvae.runs.training_history import read_history

HISTORY = {
    "loss": [30.0, 20.0],
    "reconstruction": [29.0, 18.0],
    "kl": [1.0, 2.0],
    "kl_0": [1.0, 1.5],
    "kl_1": [0.0, 0.5],
}


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


def test_losses_and_latents_as_lines():
    about = subject(small_model(), history=read_history(HISTORY))
    losses, latents = curves_section(about).blocks
    assert losses.source.startswith("data:image/svg+xml")
    assert latents.source.startswith("data:image/svg+xml")
    assert "KL of each latent" in latents.description


def test_why_there_are_no_curves():
    about = subject(small_model())
    (block,) = curves_section(about).blocks
    assert block.text == "The run has logged nothing yet, so no curves."
    (block,) = curves_section(dataclasses.replace(about, record=None)).blocks
    assert block.text.startswith("A checkpoint without a run has no history")


def test_a_checkpoint_that_a_run_kept_leads_to_the_runs_curves():
    kept = dataclasses.replace(subject(small_model()), record=None, kept_by="beta4")
    assert curves_section(kept).blocks[0].text.endswith("in the report of beta4.")


def test_latents_are_swept_still_and_moving():
    still, film = traversals_section(subject(small_model())).blocks
    assert still.source.startswith("data:image/png")
    assert film.source.startswith("data:image/gif")


def test_images_of_the_data_are_drawn():
    section = reconstructions_section(subject(small_model()))
    (picture,) = section.blocks
    assert section.title == "Reconstructions"
    assert picture.source.startswith("data:image/png")
    assert "squares" in picture.description


def test_the_runs_seed_draws_the_codes():
    model = small_model()
    (picture,) = samples_section(subject(model)).blocks
    assert picture.source.startswith("data:image/png")
    (again,) = samples_section(subject(model)).blocks
    assert again.source == picture.source
    settings = {**subject(model).record["settings"], "seed": 4}
    (other,) = samples_section(subject(model, record={"settings": settings})).blocks
    assert other.source != picture.source


def test_latents_are_plotted_against_the_factors():
    (picture,) = responses_section(subject(small_model())).blocks
    assert picture.source.startswith("data:image/svg+xml")
    assert picture.description.endswith("against row, column.")


def test_without_factors_a_sentence_says_so():
    about = subject(small_model())
    about = dataclasses.replace(about, dataset=without_factors(about.dataset))
    (block,) = responses_section(about).blocks
    assert block.text.startswith("plain has no factors")


def test_scores_with_a_table_are_drawn():
    found = Measured(None, ((score_record("mig"), "", "means"),))
    (block,) = heat_maps_section(subject(small_model()), found).blocks
    assert block.source.startswith("data:image/png")


def test_tables_of_draws_are_not_taken_for_those_of_means():
    found = Measured(None, ((score_record("mig"), "", "samples"),))
    (block,) = heat_maps_section(subject(small_model()), found).blocks
    assert block.text == "Neither MIG nor DCI was measured, so there is no heat map."


def test_without_factors_there_is_nothing_to_tell():
    about = subject(small_model())
    about = dataclasses.replace(about, dataset=without_factors(about.dataset))
    (block,) = heat_maps_section(about, Measured(None)).blocks
    assert block.text == "plain has no factors, so no heat map."
