import pytest

from kbvae.suggestions import hint, suggested

OPTIONS = (
    "--backend",
    "--batch-size",
    "--beta",
    "--beta-steps",
    "--discriminator-learning-rate",
    "--latent-dim",
    "--learning-rate",
    "--steps",
    "--help",
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("--lr", ["--learning-rate"]),  # initials
        ("--bs", ["--batch-size"]),  # what others call it
        ("--iterations", ["--steps"]),
        ("--z-dim", ["--latent-dim"]),
        ("--latent_dim", ["--latent-dim"]),
        ("--latentDim", ["--latent-dim"]),
        ("--learn", ["--learning-rate"]),  # its beginning
        ("--step", ["--steps"]),
        ("--num-steps", ["--steps", "--beta-steps"]),  # a word of it
        ("--lerning-rate", ["--learning-rate"]),  # a letter is missing
        ("--hlep", ["--help"]),
        ("--gpu", []),
        ("-l", []),
        ("--", []),
        ("--" + "x" * 100_000, []),
    ],
)
def test_what_was_meant(typed, meant):
    assert suggested(typed, OPTIONS) == meant


def test_a_name_that_is_not_there_is_not_suggested():
    assert suggested("--lr", ("--data", "--help")) == []


def test_the_hint_is_a_question():
    assert hint("--lr", OPTIONS) == " Did you mean '--learning-rate'?"
    assert hint("--num-steps", OPTIONS).endswith("'--steps' or '--beta-steps'?")
    assert hint("--gpu", OPTIONS) == ""
