import pytest
from small_model import small_model_of

import keras_bvae as kb
from keras_bvae.figures.model_name import model_name


@pytest.mark.parametrize(
    ("model_class", "strengths", "name"),
    [
        (kb.BetaVAE, {"beta": 4.0}, "BetaVAE, β = 4"),
        (kb.FactorVAE, {"gamma": 6.5}, "FactorVAE, γ = 6.5"),
        (
            kb.DIPVAE,
            {"lambda_od": 10.0, "lambda_d": 0.5},
            "DIPVAE, λ_od = 10, λ_d = 0.5",
        ),
    ],
)
def test_a_name_has_the_papers_letters(model_class, strengths, name):
    model = small_model_of(model_class, compiled=False, **strengths)
    assert model_name(model) == name
