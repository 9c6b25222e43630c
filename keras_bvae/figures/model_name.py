"""What a figure calls a model."""

from keras_bvae.models.strength import strengths_of

_LETTERS = {"beta": "β", "gamma": "γ", "lambda": "λ", "alpha": "α"}


def model_name(model):
    """A model's class and its strengths, as `BetaVAE, β = 4`."""
    strengths = (
        f"{_letter(name)} = {float(getattr(model, name)):.4g}"
        for name in strengths_of(type(model))
    )
    return ", ".join((type(model).__name__, *strengths))


def _letter(name):
    """`lambda_od` becomes λ_od; a word that names no letter stays."""
    word, line, rest = name.partition("_")
    return _LETTERS.get(word, word) + line + rest
