import dataclasses
from pathlib import Path

import keras
import pytest
from small_model import small_model, small_model_of, small_networks
from small_run import SETTINGS, subject

import keras_bvae as kb
from keras_bvae.report.description import (
    description,
    objective_formula,
    status_text,
    strength_values,
)
from keras_bvae.runs.objectives import OBJECTIVES

MODELS = {entry.model for entry in OBJECTIVES.values()}


@pytest.mark.parametrize("kind", sorted(MODELS, key=lambda kind: kind.__name__))
def test_every_objective_has_a_formula_with_its_letters(kind):
    kwargs = {"dataset_size": 36} if kind is kb.BetaTCVAE else {}
    model = small_model_of(kind, compiled=False, **kwargs)
    entry = objective_formula(model)
    assert entry.source
    assert "log p(x|z)" in entry.markup
    letters = [name for name, _ in strength_values(model)]
    assert letters
    plain = entry.markup.replace("λ<sub>od</sub>", "λ_od")
    plain = plain.replace("λ<sub>d</sub>", "λ_d")
    assert [letter for letter in letters if letter not in plain] == []


def test_the_letters_stand_at_the_models_values():
    assert strength_values(kb.BetaVAE(*small_networks(), beta=6.5)) == [("β", 6.5)]
    model = small_model(likelihood="gaussian", gaussian_scale="optimal")
    assert strength_values(model)[1] == ("σ", model.current_scale)


def test_variants_go_by_their_own_names():
    model = small_model_of(kb.DIPVAE, compiled=False, variant="ii")
    assert objective_formula(model).name == "DIP-VAE-II"


def test_an_objective_of_ones_own_is_called_by_its_class():
    @keras.saving.register_keras_serializable(package="test_objective_formula")
    class Pressed(kb.BetaVAE):
        pass

    @keras.saving.register_keras_serializable(package="test_objective_formula")
    class Other(kb.VariationalAutoencoder):
        pass

    assert objective_formula(Pressed(*small_networks())).name == (
        "Pressed, a kind of β-VAE"
    )
    assert objective_formula(Other(*small_networks())).name == "Other"


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


def test_the_best_checkpoint_of_a_run_says_so():
    best = dataclasses.replace(
        subject(small_model()),
        record=None,
        kept_by="beta4",
        checkpoint=Path("beta4") / "best.keras",
    )
    text = status_text(best)
    assert "of step 0 has the least validation loss of the run beta4" in text


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
        (
            {"best": {"step": 20, "val_loss": 12.345}},
            "validation loss, 12.35 nats, is that of step 20, whose state is in best",
        ),
        (
            {"stopped_early": {"step": 20, "rounds": 3, "loss": "val_loss"}},
            "at step 20: the validation loss had not become less for 3 rounds.",
        ),
        (
            {"stopped_early": {"step": 20, "rounds": 3, "loss": "loss"}},
            "the training loss had not",
        ),
        (
            {"init_from": {"path": "a", "step": 9, "weights_sha256": "0123456789abcd"}},
            "It began with the weights of step 9 of a (SHA-256 0123456789ab…).",
        ),
    ],
)
def test_how_the_run_ended(record, words):
    assert words in status_text(subject(small_model(), record=record))
