import pytest
from numbered_run import Squares
from PIL import Image
from small_model import small_model

from keras_bvae import datasets
from keras_bvae.models.checkpoint import save_checkpoint


@pytest.fixture
def checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda name: Squares())
    save_checkpoint(small_model(), tmp_path / "ckpt.keras")
    return tmp_path / "ckpt.keras"


def no_data_set(name):
    raise AssertionError(f"{name} was loaded")


def test_the_prior_needs_no_data_set(kbvae, checkpoint, monkeypatch):
    monkeypatch.setattr(datasets, "load", no_data_set)
    result = kbvae("sample", checkpoint)
    assert result.exit_code == 0, result.output
    assert result.output.strip() == str(checkpoint.parent / "samples.png")
    assert Image.open(checkpoint.parent / "samples.png").format == "PNG"


def test_a_runs_folder_is_its_checkpoint(kbvae, checkpoint):
    result = kbvae("sample", checkpoint.parent)
    assert result.exit_code == 0, result.output
    assert result.output.strip() == str(checkpoint.parent / "samples.png")


def test_every_option_makes_another_picture(kbvae, checkpoint, tmp_path):
    pictures = set()
    for choices in (
        (),
        ("--seed", 1),
        ("--temperature", 0.5),
        ("--count", 5),
        ("--posterior",),
        ("--posterior", "--data", "squares"),
    ):
        result = kbvae("sample", checkpoint, *choices, "-o", "s.png")
        assert result.exit_code == 0, result.output
        pictures.add((tmp_path / "s.png").read_bytes())
    # The last two are the same.
    assert len(pictures) == 5
    result = kbvae("sample", checkpoint, "-o", "s.png")
    assert (tmp_path / "s.png").read_bytes() in pictures


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-o", "s.jpg"), "end in .png, .gif"),
        (("-o", "s.mp4"), "must not be saved as .mp4"),
        (("--count", "0"), "0 is not in the range"),
        (("--temperature", "-1"), "-1.0 is not in the range"),
        (("--data", "digits"), "without --posterior"),
    ],
)
def test_bad_input_is_one_sentence(refused, checkpoint, arguments, said):
    assert said in refused("sample", checkpoint, *arguments)
