import numpy as np
import pytest
from numbered_run import Squares
from PIL import Image
from small_model import small_model

from kbvae.commands import traverse
from keras_bvae import datasets
from keras_bvae.latents.sweep_modes import SWEEP_MODES
from keras_bvae.models.checkpoint import save_checkpoint


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
        ("--images", "3,30", "--latents", "2,0"),
        ("--factors", "2,5"),
        ("--factors", "column=4"),
        ("--prior",),
        ("--range", "quantiles"),
        ("--range", 2, "--steps", 5),
        *(("--mode", mode, "--prior") for mode in SWEEP_MODES),
        ("--mode", "normal", "--range", 0.5),
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
    one, two = (["--file", tmp_path / "start.png"] * count for count in (1, 2))
    result = kbvae("traverse", checkpoint, *one, "-o", out)
    assert result.exit_code == 0, result.output
    height = Image.open(out).height
    kbvae("traverse", checkpoint, *two, "-o", out)
    assert Image.open(out).height == 2 * height


def test_the_modes_are_those_of_the_library():
    assert set(traverse._MODES) == set(SWEEP_MODES)


def test_other_endings_give_other_files(kbvae, checkpoint, tmp_path):
    result = kbvae("traverse", checkpoint, "-o", tmp_path / "t.pdf", "--prior")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "t.pdf").read_bytes().startswith(b"%PDF")
    pytest.importorskip("imageio_ffmpeg")
    film = tmp_path / "t.mp4"
    result = kbvae("traverse", checkpoint, "-o", film, "--prior", "--steps", 3)
    assert result.exit_code == 0, result.output
    assert b"ftyp" in film.read_bytes()[:16]


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
        (("-o", "t.jpg"), "end in .png, .gif"),
        (("-o", "nowhere/t.png"), "nowhere"),
        (("--image", "36"), "36"),
        (("--image", "0", "--prior"), "--image and --prior"),
        (("--factors", "9,9"), "9"),
        (("--factors", "shape=1"), "row, column"),
        (("--factors", "1,2,3"), "2 whole numbers"),
        (("--range", "wide"), "received 'wide'"),
        (("--range", "-1"), "received '-1'"),
        (("--file", "none.png"), "none.png"),
        (("--image", "1,x"), "received '1,x'"),
        (("--latents", "7"), "from 0 to 2"),
        (("--mode", "normal", "--range", "3"), "between 0 and 1; received 3.0"),
        (("--mode", "minmax", "--range", "3"), "no range to choose; received 3.0"),
        (("--mode", "fixed", "--range", "quantiles"), "--mode fixed"),
        (("--steps", "1"), "1 is not in the range"),
    ],
)
def test_bad_input_is_one_sentence(refused, checkpoint, arguments, said):
    assert said in refused("traverse", checkpoint, *arguments)
