import dataclasses

from small_model import small_model
from small_run import subject

from keras_bvae.report.sections.curves import curves_section
from keras_bvae.runs.training_history import read_history

HISTORY = {
    "loss": [30.0, 20.0],
    "reconstruction": [29.0, 18.0],
    "kl": [1.0, 2.0],
    "kl_0": [1.0, 1.5],
    "kl_1": [0.0, 0.5],
}


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
