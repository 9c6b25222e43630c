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


def test_without_options_a_picture_appears_beside_the_checkpoint(kbvae, checkpoint):
    result = kbvae("reconstruct", checkpoint)
    assert result.exit_code == 0, result.output
    assert result.output.strip() == str(checkpoint.parent / "reconstructions.png")
    assert Image.open(checkpoint.parent / "reconstructions.png").format == "PNG"


def test_more_images_make_it_taller_and_a_seed_makes_it_another(
    kbvae, checkpoint, tmp_path
):
    pixels = []
    for choices in (("--images", 8), ("--images", 9), ("--images", 8, "--seed", 1)):
        result = kbvae("reconstruct", checkpoint, *choices, "-o", "r.png")
        assert result.exit_code == 0, result.output
        pixels.append(np.asarray(Image.open(tmp_path / "r.png")))
    assert pixels[1].shape[0] > pixels[0].shape[0]
    assert not np.array_equal(pixels[0], pixels[2])


def test_picture_files_need_no_data_set(kbvae, checkpoint, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "load", no_data_set)
    image = Squares().images_at([7])[0, :, :, 0]
    Image.fromarray(image).save(tmp_path / "one.png")
    files = ["--file", "one.png"] * 2
    result = kbvae("reconstruct", checkpoint, *files, "-o", "r.svg")
    assert result.exit_code == 0, result.output
    # Each file and what became of it.
    assert (tmp_path / "r.svg").read_text(encoding="utf-8").count("<image ") == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-o", "r.jpg"), "end in .png, .gif"),
        (("-o", "r.mp4"), "must not be saved as .mp4"),
        (("-o", "nowhere/r.png"), "nowhere"),
        (("--images", "0"), "0 is not in the range"),
        (("--file", "none.png"), "none.png"),
        (("--file", "a.png", "--images", "3"), "--file with --images"),
        (("--file", "a.png", "--data", "digits"), "--file with --data"),
    ],
)
def test_bad_input_is_one_sentence(refused, checkpoint, arguments, said):
    assert said in refused("reconstruct", checkpoint, *arguments)
