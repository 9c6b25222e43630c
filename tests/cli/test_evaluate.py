import json

import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model

from keras_bvae import datasets
from keras_bvae.training import evaluation
from keras_bvae.training.checkpoint import save_checkpoint


@pytest.fixture
def checkpoint(tmp_path, monkeypatch):
    """A checkpoint of a tiny model, whose data set is the squares."""
    monkeypatch.setattr(datasets, "load", lambda name: Squares())
    folder = tmp_path / "run"
    folder.mkdir()
    model = small_model()
    model.fit(Squares().images_at(np.arange(36)), epochs=1, verbose=0)
    save_checkpoint(model, folder / "ckpt.keras")
    return folder / "ckpt.keras"


def test_evaluate_prints_a_table_and_writes_json(kbvae, checkpoint):
    result = kbvae("evaluate", checkpoint)
    assert result.exit_code == 0, result.output
    record = json.loads((checkpoint.parent / "evaluation.json").read_text())
    (score,) = record["scores"]
    assert score["protocol"] == "locatello2019"
    assert score["settings"]["train_points"] == 10_000
    assert f"{score['score']:.4f}" in result.output
    assert f"{record['reconstruction']:.2f} nats" in result.output
    assert len(record["kl_of_each_latent"]) == 3
    expected = record["reconstruction"] + 4 * record["kl"]
    assert record["loss"] == pytest.approx(expected, rel=1e-5)


def test_json_goes_to_standard_output_alone(kbvae, checkpoint):
    result = kbvae("evaluate", checkpoint, "--json", "-", "--quick")
    assert result.exit_code == 0, result.output
    (score,) = json.loads(result.stdout)["scores"]
    assert score["protocol"] == "custom"
    assert not (checkpoint.parent / "evaluation.json").exists()


def test_decomposition_adds_three_rows_and_their_record(kbvae, checkpoint):
    result = kbvae("evaluate", checkpoint, "--decomposition", "--seed", "2")
    assert result.exit_code == 0, result.output
    record = json.loads((checkpoint.parent / "evaluation.json").read_text())
    parts = record["decomposition"]
    names = ("mutual_information", "total_correlation", "dimension_wise_kl")
    assert sum(parts[name] for name in names) == pytest.approx(parts["kl"])
    assert (parts["images"], parts["dataset_size"], parts["seed"]) == (36, 36, 2)
    for name in ("mutual information", "total correlation", "dimension-wise KL"):
        (line,) = (x for x in result.output.splitlines() if x.startswith(name))
        assert line.endswith("nats  over 36 images, 1,000 draws")
    assert "Decomposing" in result.stderr


def test_quick_decomposition_says_that_it_saw_a_sample(kbvae, checkpoint, monkeypatch):
    monkeypatch.setattr(evaluation, "QUICK_DECOMPOSITION_IMAGES", 20)
    result = kbvae("evaluate", checkpoint, "--decomposition", "--quick")
    assert result.exit_code == 0, result.output
    assert "at most: a sample of 20 images, 1,000 draws" in result.output


def test_without_the_flag_nothing_is_decomposed(kbvae, checkpoint):
    result = kbvae("evaluate", checkpoint, "--quick")
    assert "total correlation" not in result.output
    record = json.loads((checkpoint.parent / "evaluation.json").read_text())
    assert "decomposition" not in record


def test_the_same_seed_gives_the_same_score(kbvae, checkpoint):
    scores = [
        json.loads(kbvae("evaluate", checkpoint, "--json", "-").stdout)["scores"][0]
        for _ in range(2)
    ]
    assert scores[0]["score"] == scores[1]["score"]


def test_a_model_of_another_image_size_is_refused(refused, checkpoint, monkeypatch):
    monkeypatch.undo()
    sentence = refused("evaluate", checkpoint, "--data", "digits")
    assert "the model has (8, 8, 1), digits has (64, 64, 1)" in sentence


def test_missing_and_foreign_files_are_refused(refused, tmp_path, checkpoint):
    assert "found none at" in refused("evaluate", tmp_path / "none.keras")
    (tmp_path / "text.keras").write_text("no checkpoint")
    assert "truncated or of another kind" in refused(
        "evaluate", tmp_path / "text.keras"
    )


def test_a_folder_that_is_missing_is_named_before_the_work(refused, checkpoint):
    sentence = refused("evaluate", checkpoint, "--json", "/nowhere/e.json")
    assert "Files are written into an existing folder" in sentence
