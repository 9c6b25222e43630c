import keras
import pytest
from small_model import small_model_of, small_networks

import keras_bvae as kb
from keras_bvae.report.objective_formula import objective_formula, strength_values
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
