import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import datetime

import keras
import pytest
from numbered_run import Squares, use_small_model
from PIL import Image
from small_model import small_model

from keras_bvae import datasets
from keras_bvae.models.checkpoint import load_checkpoint

# The tiny options: a run of seconds.
QUICK = ("--data", "digits", "--network", "higgins2017", "--batch-size", 16)


@pytest.fixture
def squares(monkeypatch):
    """`--data squares`: 36 images of 8×8 with two factors, and a tiny model."""
    real = datasets.load
    monkeypatch.setattr(
        datasets, "load", lambda name: Squares() if name == "squares" else real(name)
    )
    use_small_model(monkeypatch)


@pytest.fixture
def squares_data(monkeypatch):
    """`--data squares` with the networks and objectives as they are."""
    real = datasets.load
    monkeypatch.setattr(
        datasets, "load", lambda name: Squares() if name == "squares" else real(name)
    )


SQUARES = ("--data", "squares", "--network", "higgins2017", "--batch-size", 8)


@pytest.mark.across_backends
def test_two_optimizers_train_and_resume_by_the_command(kbvae, tmp_path, squares_data):
    run = tmp_path / "run"
    typed = ("--objective", "factor_vae", "--gamma", 20, "--steps", 2, "--out", run)
    result = kbvae("train", *SQUARES, *typed)
    assert result.exit_code == 0, result.output
    result = kbvae("train", "--resume", run, "--steps", 3)
    assert result.exit_code == 0, result.output
    record = json.loads((run / "run.json").read_text())
    assert (record["settings"]["objective"], record["settings"]["gamma"]) == (
        "factor_vae",
        20.0,
    )
    model = load_checkpoint(run / "ckpt.keras")
    steps = [int(p.iterations) for p in model.optimizer.players.values()]
    assert steps == [3, 3]
    header = (run / "history.csv").read_text().splitlines()[0].split(",")
    assert {"total_correlation", "discriminator", "kl"} <= set(header)


def test_a_scale_that_moves_is_told(kbvae, tmp_path, squares, monkeypatch):
    use_small_model(monkeypatch, likelihood="gaussian", gaussian_scale="optimal")
    run, typed = tmp_path / "run", ("--likelihood", "gaussian", "--steps", 2)
    result = kbvae(
        "train", *SQUARES, *typed, "--gaussian-scale", "optimal", "--out", run
    )
    assert result.exit_code == 0, result.output
    assert re.search(r"step 2 of 2.* nats, σ 0\.\d+", result.stderr), result.stderr
    result = kbvae("train", "--resume", run, "--steps", 4)
    assert result.exit_code == 0, result.output
    header, *_, last = (run / "history.csv").read_text().splitlines()
    row = dict(zip(header.split(","), last.split(","), strict=True))
    assert 0.05 < float(row["gaussian_scale"]) < 0.6
    record = json.loads((run / "run.json").read_text())
    assert record["settings"]["gaussian_scale"] == "optimal"


@pytest.mark.across_backends
def test_pairs_train_by_the_command(kbvae, tmp_path, squares_data):
    typed = ("--objective", "ada_gvae", "--changed-factors", 0, "--steps", 2)
    warm_up = ("--beta-schedule", "linear", "--beta-steps", 4)
    result = kbvae("train", *SQUARES, *typed, *warm_up, "--out", tmp_path / "run")
    assert result.exit_code == 0, result.output
    with open(tmp_path / "run" / "history.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    # Mean of the first two steps' β: 0 and 1/4 of the way to 1.
    assert float(row["beta"]) == 0.125
    assert 0 <= float(row["shared_latents"]) <= 10


def test_train_ends_with_score_picture_and_what_to_type_next(kbvae, tmp_path, squares):
    result = kbvae("train", "--data", "squares", "--batch-size", 8, "--steps", 40)
    assert result.exit_code == 0, result.output
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("squares-burgess2018-beta_vae-beta4-seed0-")
    assert {path.name for path in folder.iterdir()} == {
        "ckpt.keras",
        "history.csv",
        "run.json",
        "traversal.png",
    }
    record = json.loads((folder / "run.json").read_text())
    (score,) = record["results"]["scores"]
    assert 0.4 < score["score"] <= 1.0
    assert f"{score['score']:.4f}  protocol custom" in result.output
    assert f"kbvae report runs/{folder.name}\n" in result.output
    assert f"kbvae traverse runs/{folder.name}/ckpt.keras" in result.output
    assert Image.open(folder / "traversal.png").width > 100


@pytest.mark.across_backends
def test_runs_of_one_second_have_a_folder_each(kbvae, tmp_path, squares, monkeypatch):
    class Clock:
        def now(self):
            return datetime(2026, 11, 27, 12, 0, 0)

    monkeypatch.setattr("kbvae.commands.train.datetime", Clock())
    typed = ("train", "--data", "squares", "--batch-size", 8, "--steps", 1)
    for seed in (0, 0, 1, 0):
        result = kbvae(*typed, "--seed", seed)
        assert result.exit_code == 0, result.output
    names = sorted(
        path.name.split("beta4-")[1] for path in (tmp_path / "runs").iterdir()
    )
    time = "20261127-120000"
    assert names == [
        f"seed0-{time}",
        f"seed0-{time}-2",
        f"seed0-{time}-3",
        f"seed1-{time}",
    ]


@pytest.mark.across_backends
def test_a_run_that_cannot_begin_leaves_other_runs_and_no_folder(
    kbvae, tmp_path, squares
):
    (tmp_path / "runs" / "mine").mkdir(parents=True)
    result = kbvae("train", "--data", "squares", "--batch-size", 37)
    assert result.exit_code == 2
    assert os.listdir(tmp_path / "runs") == ["mine"]


@pytest.mark.across_backends
@pytest.mark.parametrize(
    "name", ["history.csv", "ckpt.keras", "traversal.png", "checkpoints", "pictures"]
)
def test_what_is_of_no_run_is_not_replaced(kbvae, refused, tmp_path, squares, name):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / name).write_text("of mine")
    typed = ("--data", "squares", "--batch-size", 8, "--steps", 1)
    sentence = refused("train", *typed, "--out", tmp_path / "mine")
    assert f"holds '{name}', which is of no run there" in sentence
    assert (tmp_path / "mine" / name).read_text() == "of mine"


@pytest.mark.across_backends
def test_what_is_typed_wins_over_the_preset_and_is_recorded(kbvae, tmp_path, squares):
    typed = ("--preset", "locatello2019", "--steps", 5, "--beta", 6, "--batch-size", 8)
    result = kbvae("train", "--data", "squares", "--out", tmp_path / "a", *typed)
    assert result.exit_code == 0, result.output
    settings = json.loads((tmp_path / "a" / "run.json").read_text())["settings"]
    assert (settings["beta"], settings["steps"], settings["batch_size"]) == (6, 5, 8)
    assert (settings["network"], settings["learning_rate"]) == ("locatello2019", 1e-4)


def test_checkpoints_and_pictures_on_the_way(kbvae, tmp_path, squares):
    run = tmp_path / "run"
    typed = ("--keep-checkpoints", 4, "--pictures-every", 8, "--tensorboard")
    result = kbvae(
        *("train", "--data", "squares", "--batch-size", 8, "--steps", 8),
        *("--out", run, *typed),
    )
    assert result.exit_code == 0, result.output
    kept = sorted(path.name for path in (run / "checkpoints").iterdir())
    assert kept == ["step-000000.keras", "step-000004.keras", "step-000008.keras"]
    assert (run / "pictures" / "traversal-000008.png").exists()
    assert list((run / "tensorboard" / "pictures").iterdir())
    assert f"kbvae curves {run} --film" in result.output


def test_resume_goes_on_to_the_step_that_is_typed(kbvae, tmp_path, squares):
    run = tmp_path / "$my run"
    kbvae("train", "--data", "squares", "--batch-size", 8, "--steps", 10, "--out", run)
    result = kbvae("train", "--resume", run, "--steps", 25)
    assert f"  kbvae report '{run}'\n  kbvae evaluate '{run}/ckpt" in result.output
    assert result.exit_code == 0, result.output
    assert json.loads((run / "run.json").read_text())["step"] == 25
    assert "step 25 of 25" in result.output


def test_a_run_by_epochs_holds_images_out_stops_early_and_begins_another(
    kbvae, refused, tmp_path, monkeypatch, squares
):
    monkeypatch.setattr(
        "keras_bvae.runs.run.build_model",
        lambda settings, dataset: small_model(optimizer=keras.optimizers.SGD(0.0)),
    )
    run = tmp_path / "run"
    typed = ("--data", "squares", "--batch-size", 8, "--epochs", 9)
    held_out = ("--validation", 0.25, "--validation-every", 5, "--early-stopping", 2)
    result = kbvae("train", *typed, *held_out, "--out", run)
    assert result.exit_code == 0, result.output
    # 27 images train: 3 batches a pass. Nothing is learnt: the first round is the best.
    record = json.loads((run / "run.json").read_text())
    assert (record["settings"]["steps"], record["settings"]["epochs"]) == (27, 9)
    assert (record["step"], record["best"]["step"]) == (15, 5)
    assert "of 27, " in result.output
    assert re.search(r"step 10 of 27, .*, validation \d", result.output)
    assert "no lesser validation loss in 2 rounds" in result.output
    assert f"{run / 'best.keras'}  the model of step 5, of the least" in result.output
    sentence = refused("train", "--resume", run)
    assert "at step 15 of 27 already, where early stopping ended it" in sentence
    result = kbvae("train", "--resume", run, "--epochs", 6)
    assert result.exit_code == 0, result.output
    assert json.loads((run / "run.json").read_text())["step"] == 18
    result = kbvae("evaluate", run / "best.keras", "-m", "active_units")
    assert result.exit_code == 0, result.output
    assert "run best, step 5\nreconstruction" in result.output
    assert (run / "best-evaluation.json").exists()
    typed = ("--data", "squares", "--batch-size", 8, "--steps", 2)
    begin = ("--init-from", run / "best.keras", "--out", tmp_path / "next")
    result = kbvae("train", *typed, *begin)
    assert result.exit_code == 0, result.output
    record = json.loads((tmp_path / "next" / "run.json").read_text())
    assert record["init_from"]["step"] == 5


@pytest.mark.across_backends
def test_wide_pictures_with_opacity_go_all_the_way(kbvae, tmp_path):
    for number, folder in enumerate(("high", "high", "wide", "wide")):
        place = tmp_path / "pictures" / folder
        place.mkdir(parents=True, exist_ok=True)
        size = (10, 30) if folder == "high" else (30, 10)
        colour = (60 * number, 255 - 60 * number, 90, 200)
        Image.new("RGBA", size, colour).save(place / f"{number}.png")
    name = f"images:{tmp_path / 'pictures'}+folders=factor+size=12x8+fit=pad+channels=4"
    run = tmp_path / "run"
    settings = ("--network", "conv", "--latent-dim", 2, "--batch-size", 2)
    result = kbvae("train", "--data", name, *settings, "--steps", 2, "--out", run)
    assert result.exit_code == 0, result.output
    assert "has not two factors that vary" in result.output
    assert json.loads((run / "run.json").read_text())["settings"]["data"] == name
    result = kbvae("train", "--resume", run, "--steps", 3)
    assert result.exit_code == 0, result.output
    assert load_checkpoint(run / "ckpt.keras").image_shape == (8, 12, 4)
    own = tmp_path / "pictures" / "wide" / "2.png"
    out = tmp_path / "way.png"
    result = kbvae("interpolate", run, "--from", own, "--to", 1, "-o", out)
    assert result.exit_code == 0, result.output
    assert out.exists()


@pytest.mark.across_backends
def test_digits_train_and_say_that_they_have_no_factors(kbvae, tmp_path):
    result = kbvae("train", *QUICK, "--steps", 4, "--out", tmp_path / "run")
    assert result.exit_code == 0, result.output
    assert "digits has no factors" in result.output
    assert (tmp_path / "run" / "traversal.png").exists()


@pytest.mark.across_backends
def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path):
    """In a process of its own, as a user's terminal would do it."""
    typed = ("--steps", "100000", "--out", "run")
    process = subprocess.Popen(
        [sys.executable, "-m", "kbvae", "train", *map(str, QUICK), *typed],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "KERAS_BACKEND": keras.backend.backend()},
    )
    # The checkpoint of step 0 lies there when training begins.
    checkpoint = tmp_path / "run" / "ckpt.keras"
    deadline = time.monotonic() + 120
    while not checkpoint.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, output = process.communicate(timeout=180)
    assert process.returncode == 130, output
    assert "kbvae train --resume run" in output
    assert "Traceback" not in output
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["status"] == "interrupted"
    assert record["step"] >= 1
    assert int(load_checkpoint(checkpoint).step) == record["step"]


@pytest.mark.across_backends
def test_only_progress_is_printed_beside_the_result(tmp_path):
    """No chatter of the libraries between the lines."""
    typed = ("train", *map(str, QUICK), "--steps", "2", "--out", "run")
    done = subprocess.run(
        [sys.executable, "-m", "kbvae", *typed],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "KERAS_BACKEND": keras.backend.backend()},
    )
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert [line.split(":")[0].split(",")[0] for line in lines] == [
        "Training",
        "step 2 of 2",  # both in one dispatch
    ]


@pytest.mark.across_backends
def test_a_loss_that_diverges_is_a_failure_with_the_checkpoint_kept(
    kbvae, tmp_path, monkeypatch
):
    monkeypatch.setattr(datasets, "load", lambda name: Squares())
    use_small_model(monkeypatch, optimizer=keras.optimizers.SGD(1e30))
    result = kbvae("train", "--batch-size", 8, "--steps", 50, "--out", tmp_path / "run")
    assert result.exit_code == 1
    assert "became NaN or infinite by step" in result.output
    assert "Traceback" not in result.output
    assert (tmp_path / "run" / "ckpt.keras").exists()


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--data", "dsprits"), "received 'dsprits'"),
        (("--data", "dsprites:none.npz"), "none.npz"),
        (("--backend", "theano"), "'theano' is not one of"),
        (("--beta", "-1"), "received beta=-1.0"),
        (("--beta", "nan"), "received beta=nan"),
        (("--beta", "four"), "'four' is not a valid float"),
        (("--gaussian-scale", "two"), "or the word learned or optimal; received 'two'"),
        (("--gaussian-scale", "-1"), "received gaussian_scale=-1.0"),
        (("--gaussian-scale", "learned"), "with likelihood='bernoulli'"),
        (("--data", "digits", "--batch-size", "5000"), "batch_size=5000"),
        (("--data", "digits", "--metric-every", "10"), "digits, which has no factors"),
        (("--data", "iris", "--metric-every", "10"), "of which species alone varies"),
        (("--steps", "0"), "received steps=0"),
        (("--keep-checkpoints", "-1"), "received keep_checkpoints=-1"),
        (("--pictures-every", "-1"), "received pictures_every=-1"),
        (("--objective", "vae"), "'vae' is not one of"),
        (("--objective", "factor_vae", "--beta", "2"), "an option of beta_vae"),
        (("--objective", "factor_vae", "--gamma", "-1"), "received gamma=-1.0"),
        (("--objective", "dip_vae_ii", "--batch-size", "1"), "at least 2 images"),
        (("--objective", "ada_gvae", "--data", "digits"), "digits, which has no fact"),
        (("--beta-steps", "9"), "with beta_schedule='constant'"),
        (("--out", "/proc/nowhere/run", *QUICK, "--steps", "2"), "Name another"),
        (("--resume", "nothing"), "must hold run.json"),
        (("--resume", "nothing", "--beta", "3"), "received --beta"),
        (("--preset", "higgins2018"), "'higgins2018' is not one of"),
        (("--steps", "9", "--epochs", "9"), "received steps=9 and epochs=9"),
        (("--resume", "nothing", "--validation", "0.1"), "received --validation"),
        (("--data", "digits", "--epochs", str(10**8)), "`steps` must be a whole num"),
        (("--data", "digits", "--validation", "0.999"), "batch_size=64 for the 2 im"),
        (("--validation", "1"), "received validation=1.0"),
        (("--init-from", "nowhere", *QUICK), "nowhere"),
        (("--early-stopping", "2", "--preset", "burgess2018"), "--capacity-steps"),
        (("--steps", "1" + 400 * "0"), "`steps` must be a whole number from 1 to"),
        (("--steps", "1" + 5000 * "0"), "is not a valid int"),
        (("--learning-rate", "1e999"), "received learning_rate=inf"),
        (("--seed", str(2**32)), "received seed=4294967296"),
        (("--beta", "1e300"), "received beta=1e+300"),
        (("--latent-dim", str(10**20)), "`latent_dim` must be a whole number from 1"),
        (("--batch-size", str(10**12)), "`batch_size` must be a whole number from 1"),
        (("--data", ""), "received data=''"),
        (("--data", "a\x1b[2J"), "without control characters"),
    ],
)
def test_bad_input_is_one_sentence(refused, arguments, said):
    assert said in refused("train", *arguments)


@pytest.mark.across_backends
def test_a_backend_that_is_not_installed_says_what_to_install(refused, monkeypatch):
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda n: None if n == "jax" else real(n)
    )
    sentence = refused("train", "--backend", "jax")
    assert "jax is not" in sentence
    assert "pip install jax" in sentence
