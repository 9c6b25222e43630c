import json
import os
import re
import subprocess
import sys
from pathlib import Path

import keras
import pytest
from PIL import Image

import keras_bvae as kb
from keras_bvae.models.checkpoint import load_checkpoint

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(name, *arguments):
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "KERAS_BACKEND": keras.backend.backend()},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_fit_with_callback_prints_a_score_for_each_epoch(tmp_path):
    out = tmp_path / "model.keras"
    quick = ("--epochs", 2, "--steps-per-epoch", 3, "--network", "higgins2017")
    output = run("fit_with_callback.py", *quick, "--out", out)
    assert "epoch 2: loss" in output
    assert int(load_checkpoint(out).step) == 6


def test_traverse_published_draws_the_latents(tmp_path, shared_data):
    published = shared_data / "published_checkpoints" / "btcvae_dsprites.pt"
    out = tmp_path / "latents.png"
    output = run("traverse_published.py", published, "-o", out, "--images", 200)
    # ../shared/data/published_checkpoints/README.md: five latents carry something.
    assert output.count("active") == 5
    assert output.count("dead") == 5
    assert Image.open(out).width > 300


def test_own_objective_trains_saves_and_loads(tmp_path):
    quick = ("--steps", 4, "--network", "higgins2017")
    output = run("own_objective.py", *quick, "--out", tmp_path / "model.keras")
    # Linear(1.0, 0.1, steps=4) after three steps.
    assert "0.325 nats are free" in output
    assert "paid_kl" in output


def test_compare_objectives_prints_a_row_for_each_run(tmp_path):
    typed = ("--out", tmp_path, "--network", "higgins2017", "--images", 200)
    names = ("beta_vae-beta1", "ada_gvae-beta1")
    output = run("compare_objectives.py", "--steps", 2, *typed, "--only", *names)
    header, _, *rows = output.splitlines()
    assert [row.split(" | ")[0] for row in rows] == [f"| {name}" for name in names]
    assert {line.count("|") for line in (header, *rows)} == {9}
    assert int(load_checkpoint(tmp_path / names[1] / "ckpt.keras").step) == 2


def test_measure_long_run_prints_the_part_of_the_limit(tmp_path):
    out = tmp_path / "long.json"
    quick = ("--data", "digits", "--network", "higgins2017", "--batch-size", 8)
    peaks = ("--peak-tflops", 2, "--peak-gb-per-second", 100)
    output = run("measure_long_run.py", *quick, *peaks, "--steps", 3, "--json", out)
    assert "3 steps: " in output
    record = json.loads(out.read_text(encoding="utf-8"))
    assert record["steps"] == 3
    rate = record["operations_per_step"] * record["steps"] / record["seconds"]
    assert record["share_of_peak_operations"] == pytest.approx(rate / 2e12)


def test_measure_scaling_prints_a_table_and_an_exponent():
    quick = ("--data", "digits", "--rounds", 1, "--steps", 2, "--only", "channels")
    title, *rows = run("measure_scaling.py", *quick).strip().splitlines()
    assert re.fullmatch(r"channels, conv: exponent -?\d\.\d\d", title)
    assert [row.count("|") for row in rows] == [5, 5]


def test_every_example_has_its_test():
    text = Path(__file__).read_text(encoding="utf-8")
    for path in EXAMPLES.glob("*.py"):
        assert f'run("{path.name}"' in text


def test_every_example_says_how_to_run_it():
    for path in EXAMPLES.glob("*.py"):
        assert f"python examples/{path.name}" in path.read_text(encoding="utf-8")


def test_examples_import_what_is_public():
    """A script that a user copies reaches no further than a room's own face."""
    for path in EXAMPLES.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        for module in re.findall(
            r"^(?:from|import) (kbvae\S*|keras_bvae\S*)", text, re.M
        ):
            assert module.count(".") <= 1, path
            assert not module.startswith("kbvae"), path
        for name in re.findall(r"\bkb\.([a-z_]+)\.", text):
            assert name in kb.__all__, path
