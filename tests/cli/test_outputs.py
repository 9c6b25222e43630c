"""What a user names as an output: nothing is lost by it, in any command."""

import json
import os

import numpy as np
import pytest
from numbered_run import Squares
from PIL import Image
from small_model import small_model

from keras_bvae import datasets
from keras_bvae.models.checkpoint import save_checkpoint

DRAWN = ("traverse", "reconstruct", "sample", "responses", "map")
MINE = "my thesis"


@pytest.fixture
def checkpoint(tmp_path, monkeypatch):
    real = datasets.load
    monkeypatch.setattr(
        datasets, "load", lambda name: Squares() if name == "dsprites" else real(name)
    )
    (tmp_path / "run").mkdir()
    save_checkpoint(small_model(), tmp_path / "run" / "ckpt.keras")
    return tmp_path / "run" / "ckpt.keras"


def contents(folder):
    """Every file's bytes, and where links lead."""
    return {
        path: os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


@pytest.fixture
def refused_without_loss(refused, tmp_path):
    def invoke(*arguments):
        before = contents(tmp_path)
        sentence = refused(*arguments)
        assert contents(tmp_path) == before
        return sentence

    return invoke


@pytest.mark.parametrize("command", DRAWN)
@pytest.mark.parametrize("name", ["thesis.png", "thesis.pdf", "thesis.svg"])
def test_a_picture_replaces_no_other_file(
    refused_without_loss, checkpoint, command, name
):
    (checkpoint.parents[1] / name).write_text(MINE)
    said = refused_without_loss(command, checkpoint, "-o", name)
    assert f"'{name}' holds something else" in said


def test_an_earlier_picture_is_replaced(kbvae, checkpoint):
    for seed in (1, 2):
        result = kbvae("sample", checkpoint, "--seed", seed, "-o", "s.png")
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("command", "option"), [("traverse", "--file"), ("reconstruct", "--file")]
)
def test_a_picture_does_not_replace_the_one_it_is_drawn_of(
    refused_without_loss, checkpoint, command, option
):
    Image.new("L", (8, 8), 200).save("mine.png")
    os.link("mine.png", "also.png")
    for out in ("mine.png", "also.png"):
        said = refused_without_loss(command, checkpoint, option, "mine.png", "-o", out)
        assert "must not replace what is read for it" in said


def test_a_way_does_not_replace_its_ends(refused_without_loss, checkpoint):
    Image.new("L", (8, 8), 200).save("a.png")
    said = refused_without_loss(
        "interpolate", checkpoint, "--from", 0, "--to", "a.png", "-o", "a.png"
    )
    assert "must not replace what is read for it" in said


@pytest.mark.parametrize("name", ["images:photos", "dsprites+background=photos/0.png"])
def test_a_contact_sheet_does_not_replace_what_it_shows(refused_without_loss, name):
    os.mkdir("photos")
    for number in range(3):
        Image.new("L", (64, 64), 50 * number).save(f"photos/{number}.png")
    said = refused_without_loss("data", name, "-o", "photos/0.png")
    assert "must not replace what is read for it" in said


@pytest.mark.parametrize("kind", ["pipe", "link", "folder", "nowhere"])
@pytest.mark.parametrize(
    ("command", "option", "name"),
    [
        ("sample", "-o", "out.png"),
        ("evaluate", "--json", "out.json"),
        ("compare", "--json", "out.json"),
        ("report", "-o", "out.html"),
    ],
)
def test_only_a_file_can_be_an_output(
    refused_without_loss, checkpoint, command, option, name, kind
):
    if kind == "pipe":
        os.mkfifo(name)
    elif kind == "link":
        os.symlink("elsewhere", name)
    elif kind == "folder":
        os.mkdir(name)
    else:
        name = f"nowhere/{name}"
    said = refused_without_loss(command, checkpoint, option, name)
    assert name in said or "nowhere" in said


def test_devices_are_no_outputs(refused_without_loss, checkpoint):
    said = refused_without_loss("evaluate", checkpoint, "--json", "/dev/null")
    assert "a pipe or a device" in said
    assert not os.path.isfile("/dev/null")


@pytest.mark.parametrize("command", ["evaluate", "compare"])
@pytest.mark.parametrize(
    "name", ["notes.json", "notes.txt", "run/ckpt.keras", "run/history.csv"]
)
def test_a_record_replaces_no_other_file(
    refused_without_loss, checkpoint, command, name
):
    for note in ("notes.json", "notes.txt"):
        (checkpoint.parents[1] / note).write_text(json.dumps({"text": MINE}))
    refused_without_loss(command, checkpoint, "--json", name)


def test_a_comparison_does_not_replace_the_scores_that_it_reads(
    refused_without_loss, checkpoint
):
    record = {"name": "run", "dataset": "squares", "scores": []}
    file = checkpoint.parent / "evaluation.json"
    file.write_text(json.dumps(record))
    said = refused_without_loss("compare", checkpoint.parent, "--json", file)
    assert "must not replace what is read for it" in said


def test_codes_are_not_replaced_by_their_scores(refused_without_loss, tmp_path):
    np.save("codes.npy", np.random.default_rng(0).normal(size=(40, 2)))
    arguments = ("--codes", "codes.npy", "-m", "active_units", "--json", "codes.npy")
    assert "holds something else" in refused_without_loss("evaluate", *arguments)


def test_the_picture_beside_a_named_record_is_not_somebody_elses(
    refused_without_loss, checkpoint
):
    Image.new("L", (8, 8)).save("photo.png")
    said = refused_without_loss(
        "evaluate", checkpoint, "-m", "mig", "--json", "photo.json"
    )
    assert "'photo.png' is there without a record" in said
    assert "does not end in .png" in refused_without_loss(
        "evaluate", checkpoint, "--json", "new.png"
    )


def test_a_report_replaces_reports_only(refused_without_loss, kbvae, checkpoint):
    page = f"<!doctype html><p>{MINE}: Written by kbvae report"
    (checkpoint.parents[1] / "mine.html").write_text(page)
    said = refused_without_loss("report", checkpoint, "-o", "mine.html")
    assert "holds something else" in said


def test_a_benchmark_replaces_benchmarks_only(refused_without_loss):
    with open("notes.json", "w") as file:
        json.dump({"text": MINE}, file)
    said = refused_without_loss("bench", "--json", "notes.json")
    assert "holds something else" in said


def test_an_export_replaces_no_folder_of_somebody_else(
    refused_without_loss, checkpoint
):
    os.mkdir("out")
    for name in ("export.json", "encoder.onnx"):
        with open(f"out/{name}", "w") as file:
            json.dump({"text": MINE}, file)
    said = refused_without_loss("export", checkpoint, "-o", "out")
    assert "holds something else, 'encoder.onnx'" in said
