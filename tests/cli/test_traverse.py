import numpy as np
import pytest
from numbered_run import Squares
from PIL import Image
from small_model import small_model

from keras_bvae import datasets
from keras_bvae.training.checkpoint import save_checkpoint


@pytest.fixture
def checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda name: Squares())
    save_checkpoint(small_model(), tmp_path / "ckpt.keras")
    return tmp_path / "ckpt.keras"


def test_without_options_a_picture_appears_beside_the_checkpoint(kbvae, checkpoint):
    result = kbvae("traverse", checkpoint)
    assert result.exit_code == 0, result.output
    assert result.output.strip() == str(checkpoint.parent / "traversal.png")
    assert Image.open(checkpoint.parent / "traversal.png").format == "PNG"


@pytest.mark.parametrize(
    "start",
    [
        ("--image", 3),
        ("--factors", "2,5"),
        ("--factors", "column=4"),
        ("--prior",),
        ("--range", "quantiles"),
        ("--range", 2, "--steps", 5),
    ],
)
def test_every_starting_point_and_range_draws(kbvae, checkpoint, tmp_path, start):
    result = kbvae("traverse", checkpoint, "-o", tmp_path / "t.png", *start)
    assert result.exit_code == 0, result.output
    assert Image.open(tmp_path / "t.png").height > 50


def test_a_picture_file_can_be_the_start(kbvae, checkpoint, tmp_path):
    image = Squares().images_at([7])[0, :, :, 0]
    Image.fromarray(image).resize((40, 40)).save(tmp_path / "start.png")
    out = tmp_path / "t.png"
    result = kbvae("traverse", checkpoint, "--file", tmp_path / "start.png", "-o", out)
    assert result.exit_code == 0, result.output
    assert out.exists()


def test_the_ending_gif_gives_an_animation(kbvae, checkpoint, tmp_path):
    result = kbvae("traverse", checkpoint, "-o", tmp_path / "t.gif", "--steps", 4)
    assert result.exit_code == 0, result.output
    # There and back without repeating the ends: 2 · 4 - 2.
    assert Image.open(tmp_path / "t.gif").n_frames == 6


def test_another_start_gives_another_picture(kbvae, checkpoint, tmp_path):
    pixels = []
    for index in (0, 35):
        kbvae("traverse", checkpoint, "-o", tmp_path / "t.png", "--image", index)
        pixels.append(np.asarray(Image.open(tmp_path / "t.png").convert("L")))
    assert not np.array_equal(*pixels)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-o", "t.jpg"), ".png or .gif"),
        (("-o", "nowhere/t.png"), "nowhere"),
        (("--image", "36"), "36"),
        (("--image", "0", "--prior"), "--image and --prior"),
        (("--factors", "9,9"), "9"),
        (("--factors", "shape=1"), "row, column"),
        (("--factors", "1,2,3"), "2 whole numbers"),
        (("--range", "wide"), "received 'wide'"),
        (("--range", "-1"), "received '-1'"),
        (("--file", "none.png"), "none.png"),
        (("--steps", "1"), "1 is not in the range"),
    ],
)
def test_bad_input_is_one_sentence(refused, checkpoint, arguments, said):
    assert said in refused("traverse", checkpoint, *arguments)
