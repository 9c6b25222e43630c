import importlib

import pytest
from numbered_run import Squares
from PIL import Image
from small_model import small_model

from keras_bvae import datasets
from keras_bvae.models.checkpoint import save_checkpoint


@pytest.fixture
def checkpoint(tmp_path, monkeypatch):
    """A small model's file; `--data squares` are its images."""
    real = datasets.load
    monkeypatch.setattr(
        datasets, "load", lambda name: Squares() if name == "squares" else real(name)
    )
    path = tmp_path / "small.keras"
    save_checkpoint(small_model(), path)
    return path


def test_it_draws_beside_the_checkpoint(kbvae, checkpoint):
    result = kbvae("responses", checkpoint, "--data", "squares", "--latents", "all")
    assert result.exit_code == 0, result.output
    picture = checkpoint.with_name("small-responses.png")
    assert str(picture) in result.output
    assert Image.open(picture).width > 300


def test_options_reach_the_plot(kbvae, checkpoint, tmp_path):
    typed = ("--data", "squares", "--latents", "2,0", "--plane", "column,row")
    typed += ("--factors", "row", "--category", "none", "-o", tmp_path / "plot.svg")
    result = kbvae("responses", checkpoint, *typed)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "plot.svg").read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--data", "digits"), "digits"),
        (("--data", "squares", "--latents", "z1"), "received 'z1'"),
        (("--data", "squares", "--latents", "7"), "numbers from 0 to 2"),
        (("--data", "squares", "--plane", "row"), "received plane=('row',)"),
        (("--data", "squares", "--factors", "hue"), "received 'hue'"),
        (("--data", "squares", "-o", "plot.bmp"), "plot.bmp"),
    ],
)
def test_bad_input_is_one_sentence(refused, checkpoint, arguments, said):
    assert said in refused("responses", checkpoint, *arguments)


def test_a_missing_checkpoint_is_one_sentence(refused):
    assert "none.keras" in refused("responses", "none.keras")


def test_an_ending_that_does_not_fit_is_refused_before_the_work(
    refused, checkpoint, monkeypatch
):
    module = importlib.import_module("keras_bvae.figures.latent_responses")
    monkeypatch.setattr(module, "latent_responses", None)
    typed = ("responses", checkpoint, "--data", "squares", "-o", "a.mp4")
    assert "a.mp4" in refused(*typed)
