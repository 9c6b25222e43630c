import dataclasses

import pytest
from small_model import small_model, small_model_of
from small_run import SETTINGS, subject

import keras_bvae as kb
from keras_bvae.report.description import description, status_text


def test_a_run_in_a_sentence():
    assert description(subject(small_model(beta=6.0))) == (
        "A β-VAE (β = 6) of 3 latents with the network burgess2018, trained on "
        "squares: 40 steps of 8 images in 2.5 s with Keras on torch (cpu)."
    )


def test_pairs_and_vowels():
    text = description(subject(small_model_of(kb.AdaGVAE)))
    assert text.startswith("An Ada-GVAE (β = 1) of 3 latents")
    assert "steps of 8 pairs of images" in text


def test_a_checkpoint_alone_claims_no_training():
    alone = dataclasses.replace(subject(small_model()), record=None)
    assert description(alone) == "A β-VAE (β = 4) of 3 latents, shown on squares."
    assert "not recorded" in status_text(alone)


def test_a_checkpoint_that_a_run_kept_names_the_run():
    kept = dataclasses.replace(subject(small_model()), record=None, kept_by="beta4")
    assert "of step 0 was kept by the run beta4" in status_text(kept)


def test_other_data_than_in_training_is_said():
    settings = {**SETTINGS.to_dict(), "data": "elsewhere"}
    text = description(subject(small_model(), record={"settings": settings}))
    assert "trained on elsewhere, shown on squares" in text


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({}, "The run is finished."),
        ({"status": "running"}, "under way, or was killed"),
        ({"status": "interrupted", "step": 20}, "interrupted at step 20 of 40."),
        ({"status": "diverged", "step": 20}, "last good checkpoint, of step 20."),
        ({"resumed": [{"at": "", "step": 20}]}, "It was resumed from step 20."),
    ],
)
def test_how_the_run_ended(record, words):
    assert words in status_text(subject(small_model(), record=record))
