import json

import numpy as np
import pytest

from keras_bvae.models.checkpoint import load_checkpoint

DATA = ("--data", "digits+size=8", "--network", "conv", "--latent-dim", "2")
TOLD = (*DATA, "--condition", "label", "--batch-size", "8", "--seed", "0")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    from click.testing import CliRunner

    from kbvae.__main__ import main

    folder = tmp_path_factory.mktemp("told") / "run"
    words = ("train", *TOLD, "--steps", "2", "--out", str(folder))
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    return folder


def test_a_run_records_its_condition(run):
    settings = json.loads((run / "run.json").read_text())["settings"]
    assert settings["condition"] == "label"
    assert load_checkpoint(run / "ckpt.keras").condition == {"label": 10}


def test_a_resumed_run_is_the_whole_one(kbvae, run, tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder, steps in ((whole, 4), (parts, 2)):
        result = kbvae("train", *TOLD, "--steps", steps, "--out", folder)
        assert result.exit_code == 0, result.output
    result = kbvae("train", "--resume", parts, "--steps", 4)
    assert result.exit_code == 0, result.output
    ours, theirs = (load_checkpoint(p / "ckpt.keras") for p in (whole, parts))
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "words",
    [
        ("sample",),
        ("sample", "--posterior"),
        ("traverse",),
        ("traverse", "--image", 8),
        ("interpolate", "--from", 0, "--to", 1),
        ("reconstruct",),
    ],
)
def test_the_condition_that_is_held_shows(kbvae, run, tmp_path, words):
    command, *more = words
    pictures = set()
    for held in ((), ("--condition", 3), ("--condition", "label=4")):
        result = kbvae(command, run, *more, *held, "-o", "p.png")
        assert result.exit_code == 0, result.output
        pictures.add((tmp_path / "p.png").read_bytes())
    assert len(pictures) == 3


def test_images_are_scored_with_their_own_condition(kbvae, run):
    result = kbvae("evaluate", run, "-m", "active_units", "--json", "e.json")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("sample", "--condition", "10"), "a class from 0 to 9"),
        (("sample", "--condition", "shape=1"), "For example label=0"),
        (("traverse", "--condition", "1,2"), "For example label=0"),
        (("export",), "networks of one input"),
        (("explore",), "none for a condition"),
    ],
)
def test_what_a_condition_cannot_be_is_one_sentence(kbvae, run, words, sentence):
    result = kbvae(words[0], run, *words[1:])
    assert result.exit_code == 2, result.output
    assert sentence in result.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--condition", "shape"), "It has label"),
        (("--condition", "label,label"), "each once"),
        (("--condition", ""), "each once"),
        (("--condition", "label", "--objective", "ada_gvae"), "takes no condition"),
    ],
)
def test_training_names_what_there_is(kbvae, tmp_path, words, sentence):
    result = kbvae("train", *DATA, *words, "--out", "new")
    assert result.exit_code == 2, result.output
    assert sentence in " ".join(result.output.split())
    assert not (tmp_path / "new").exists()
