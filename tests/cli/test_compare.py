import json
import os

import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model
from small_run import without_factors

from keras_bvae import datasets
from keras_bvae.models.checkpoint import load_checkpoint, save_checkpoint


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Three runs' folders of tiny models, whose data set is the squares."""
    monkeypatch.setattr(datasets, "load", lambda name: Squares())
    folders = []
    for beta in (1, 2, 4):
        folder = tmp_path / f"beta{beta}"
        folder.mkdir()
        model = small_model(beta=beta)
        images = Squares().images_at(np.arange(36))
        model.fit(images, epochs=beta, shuffle=False, verbose=0)
        save_checkpoint(model, folder / "ckpt.keras")
        folders.append(folder)
    return folders


def table(result):
    """Rows of the printed table, the header first."""
    assert result.exit_code == 0, result.output
    lines = result.stdout.strip().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("name "))
    return [line.split() for line in lines[start : start + 4]]


def test_runs_side_by_side_sorted_by_the_first_metric(kbvae, runs):
    result = kbvae("compare", *runs, "--metrics", "mig,irs", "--json", "all.json")
    header, *rows = table(result)
    assert header == ["name", "reconstruction", "KL", "active", "MIG", "IRS", "udr"]
    values = [float(row[4]) for row in rows]
    assert values == sorted(values, reverse=True)
    assert {row[0] for row in rows} == {"beta1", "beta2", "beta4"}
    records = json.loads((runs[0].parent / "all.json").read_text())
    assert [record["name"] for record in records] == ["beta1", "beta2", "beta4"]
    assert all(0 <= record["columns"]["udr"] <= 1 for record in records)
    assert "sorted by MIG" in result.output


def test_they_sort_without_labels(kbvae, runs):
    rows = table(kbvae("compare", *runs, "-m", "mig", "--sort", "udr"))[1:]
    values = [float(row[-1]) for row in rows]
    assert values == sorted(values, reverse=True)


def test_a_recorded_score_is_read_until_the_weights_are_others(kbvae, runs):
    assert kbvae("evaluate", runs[0] / "ckpt.keras", "-m", "mig").exit_code == 0
    path = runs[0] / "evaluation.json"
    record = json.loads(path.read_text())
    # The tiny data set makes the record "custom"; it then is not what was asked for.
    record["scores"][0].update(score=0.987, protocol="locatello2019")
    path.write_text(json.dumps(record))
    assert "0.9870" in kbvae("compare", *runs, "-m", "mig").output
    assert "0.9870" not in kbvae("compare", *runs, "-m", "mig", "--seed", "1").output
    os.utime(path, (0, 0))
    assert "0.9870" in kbvae("compare", *runs, "-m", "mig").output
    model = load_checkpoint(runs[0] / "ckpt.keras")
    model.fit(Squares().images_at(range(36)), verbose=0)
    save_checkpoint(model, runs[0] / "ckpt.keras")
    later = (runs[0] / "ckpt.keras").stat().st_mtime + 100
    os.utime(path, (later, later))
    assert "0.9870" not in kbvae("compare", *runs, "-m", "mig").output


def test_two_runs_are_compared_without_udr(kbvae, runs):
    result = kbvae("compare", *runs[:2], "-m", "mig", "--quick")
    assert result.exit_code == 0, result.output
    assert "udr needs 3 models; here are 2" in result.output


def test_dci_sorts_in_its_quick_form_too(kbvae, runs):
    result = kbvae("compare", *runs[:2], "-m", "dci", "--quick")
    assert result.exit_code == 0, result.output
    assert "sorted by quick DCI, the best first" in result.output


def test_without_factors_the_default_falls_away_and_udr_sorts(
    kbvae, refused, runs, monkeypatch
):
    monkeypatch.setattr(datasets, "load", lambda name: without_factors(Squares()))
    result = kbvae("compare", *runs, "--sort", "udr")
    assert result.exit_code == 0, result.output
    assert table(result)[0] == ["name", "reconstruction", "KL", "active", "udr"]
    assert "Use --sort udr" in refused("compare", *runs)
    # Which takes three.
    assert "Use --sort reconstruction" in refused("compare", *runs[:2])
    assert "MIG needs the factors" in refused("compare", *runs, "-m", "mig")
    result = kbvae("compare", *runs, "-m", "active_units")
    assert result.exit_code == 0, result.output


def test_a_folder_and_its_checkpoint_are_one_run(kbvae, runs):
    result = kbvae("compare", runs[0], runs[1] / "ckpt.keras", "-m", "mig", "--quick")
    assert {row[0] for row in table(result)[1:3]} == {"beta1", "beta2"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--sort", "dci"), "not among the metrics mig, sap, modularity"),
        (("--sort", "colour"), "is not one of"),
        (("-m", "migg"), "Did you mean 'mig'"),
    ],
)
def test_bad_input_is_one_sentence(refused, runs, arguments, sentence):
    assert sentence in refused("compare", *runs, *arguments)


def test_udr_of_two_is_refused(refused, runs):
    sentence = refused("compare", *runs[:2], "--sort", "udr")
    assert "UDR must have 3 models or more" in sentence


def test_no_run_and_a_folder_without_a_checkpoint(refused, tmp_path):
    assert "Missing argument" in refused("compare")
    assert "must hold run.json and ckpt.keras" in refused("compare", tmp_path)
