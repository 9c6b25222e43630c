import numpy as np
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


ENDS = ("--from", "0", "--to", "35")


def test_a_picture_appears_beside_the_checkpoint(kbvae, checkpoint):
    result = kbvae("interpolate", checkpoint, *ENDS)
    assert result.exit_code == 0, result.output
    assert result.output.strip() == str(checkpoint.parent / "interpolation.png")
    assert Image.open(checkpoint.parent / "interpolation.png").format == "PNG"


def test_both_paths_are_drawn_and_differ(kbvae, checkpoint, tmp_path):
    pixels = []
    for path in ("linear", "spherical"):
        choices = ("--path", path, "--steps", 6, "-o", "i.png")
        result = kbvae("interpolate", checkpoint, *ENDS, *choices)
        assert result.exit_code == 0, result.output
        pixels.append(np.asarray(Image.open(tmp_path / "i.png")))
    assert not np.array_equal(*pixels)


def test_the_ending_gif_gives_an_animation(kbvae, checkpoint, tmp_path):
    choices = ("--steps", 4, "-o", "i.gif")
    result = kbvae("interpolate", checkpoint, *ENDS, *choices)
    assert result.exit_code == 0, result.output
    # There and back without repeating the ends: 2 · 4 - 2.
    assert Image.open(tmp_path / "i.gif").n_frames == 6


def test_two_picture_files_need_no_data_set(kbvae, checkpoint, tmp_path, monkeypatch):
    for name, image in zip("ab", Squares().images_at([3, 30]), strict=True):
        Image.fromarray(image[..., 0]).save(tmp_path / f"{name}.png")
    mixed = kbvae("interpolate", checkpoint, "--from", "a.png", "--to", "9")
    assert mixed.exit_code == 0, mixed.output
    monkeypatch.setattr(datasets, "load", no_data_set)
    result = kbvae("interpolate", checkpoint, "--from", "a.png", "--to", "b.png")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*ENDS, "-o", "i.jpg"), "end in .png, .gif"),
        (("--from", "0"), "Missing option '--to'"),
        (("--from", "0", "--to", "36"), "36"),
        (("--from", "0", "--to", "-1"), "received -1. Count from 0."),
        (("--from", "0", "--to", "none.png"), "none.png"),
        ((*ENDS, "--steps", "1"), "1 is not in the range"),
        ((*ENDS, "--path", "round"), "'round' is not one of"),
    ],
)
def test_bad_input_is_one_sentence(refused, checkpoint, arguments, said):
    assert said in refused("interpolate", checkpoint, *arguments)
