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
    result = kbvae("map", checkpoint, "--data", "squares")
    assert result.exit_code == 0, result.output
    picture = checkpoint.with_name("small-map.png")
    assert str(picture) in result.output
    assert Image.open(picture).width > 300


def test_options_reach_the_plot(kbvae, checkpoint, tmp_path):
    typed = ("--data", "squares", "--latents", "2,0", "--color", "row", "--decoded")
    typed += ("--samples", "30", "--csv", tmp_path / "codes.csv")
    result = kbvae("map", checkpoint, *typed, "-o", tmp_path / "plot.svg")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "plot.svg").read_text().startswith("<?xml")
    assert len((tmp_path / "codes.csv").read_text().splitlines()) == 31


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--latents", "7,0"), "from 0 to 2"),
        (("--latents", "1"), "two different numbers"),
        (("--color", "hue"), "received 'hue'"),
        (("--method", "pca", "--decoded"), "belongs to a map of two latents"),
        (("--method", "isomap"), "isomap"),
        (("-o", "plot.mp4"), "plot.mp4"),
        (("--csv", "codes.txt"), "codes.txt"),
    ],
)
def test_bad_input_is_one_sentence(refused, checkpoint, arguments, said):
    assert said in refused("map", checkpoint, "--data", "squares", *arguments)
