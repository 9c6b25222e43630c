import json

import numpy as np
import pytest
from numbered_run import Squares
from PIL import Image
from small_model import small_model
from small_run import without_factors

from keras_bvae import datasets
from keras_bvae.evaluation import posteriors
from keras_bvae.models.checkpoint import save_checkpoint


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
    monkeypatch.setattr(posteriors, "QUICK_DECOMPOSITION_IMAGES", 20)
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


# ---- other metrics, other things to measure ---------------------------------------


@pytest.fixture
def own_files(tmp_path):
    """Codes that are the factors and noise, of 400 images, as .npy files."""
    rng = np.random.default_rng(0)
    factors = rng.integers(0, (3, 4), size=(400, 2))
    codes = np.c_[factors + 0.01 * rng.normal(size=(400, 2)), rng.normal(size=400)]
    np.save(tmp_path / "codes.npy", codes)
    np.save(tmp_path / "factors.npy", factors)
    return tmp_path / "codes.npy", tmp_path / "factors.npy"


def test_metrics_by_name_leave_a_record_and_a_picture(kbvae, checkpoint):
    result = kbvae("evaluate", checkpoint, "-m", "mig,irs", "--metrics", "quick_dci")
    assert result.exit_code == 0, result.output
    folder = checkpoint.parent
    record = json.loads((folder / "evaluation.json").read_text())
    assert [s["metric"] for s in record["scores"]] == ["mig", "irs", "quick_dci"]
    assert "MIG" in result.output
    assert "completeness" in result.output
    assert str(folder / "evaluation.png") in result.output
    with Image.open(folder / "evaluation.png") as picture:
        assert picture.width > 300


def test_codes_and_factors_need_no_model(kbvae, own_files):
    codes, factors = own_files
    result = kbvae(
        *("evaluate", "--codes", codes, "--factors", factors),
        *("--metrics", "all", "--quick", "--factor-names", "shape,scale"),
    )
    assert result.exit_code == 0, result.output
    record = json.loads((codes.parent / "codes-evaluation.json").read_text())
    scores = {score["metric"]: score for score in record["scores"]}
    assert len(scores) == 10
    assert scores["mig"]["settings"]["factor_names"] == ["shape", "scale"]
    assert scores["mig"]["settings"]["train_points"] == 267
    assert {score["protocol"] for score in record["scores"]} == {"custom", "burda2016"}
    assert scores["beta_vae"]["score"] > 0.95
    assert scores["quick_dci"]["score"] > 0.9
    assert (codes.parent / "codes-evaluation.png").exists()


def test_codes_alone_are_measured_by_what_needs_no_factors(kbvae, own_files):
    result = kbvae("evaluate", "--codes", own_files[0], "-m", "all", "--json", "-")
    assert result.exit_code == 0, result.output
    scores = json.loads(result.stdout)["scores"]
    assert [s["metric"] for s in scores] == ["unsupervised", "active_units"]


def test_a_baseline_of_the_paper(kbvae, checkpoint, tmp_path):
    result = kbvae("evaluate", "--representation", "truth", "-m", "mig,modularity")
    assert result.exit_code == 0, result.output
    record = json.loads((tmp_path / "truth-evaluation.json").read_text())
    assert record["representation"] == "truth"
    assert record["scores"][1]["score"] > 0.9


def test_several_checkpoints_end_with_a_table_of_all(kbvae, checkpoint):
    other = checkpoint.parent.parent / "other"
    other.mkdir()
    (other / "ckpt.keras").write_bytes(checkpoint.read_bytes())
    result = kbvae("evaluate", checkpoint, other / "ckpt.keras", "-m", "mig")
    assert result.exit_code == 0, result.output
    last = result.output.strip().splitlines()[-3:]
    assert last[0].split() == ["name", "reconstruction", "KL", "active", "MIG"]
    assert [line.split()[0] for line in last[1:]] == ["run", "other"]
    assert (other / "evaluation.json").exists()


def test_draws_instead_of_means_and_the_bound(kbvae, checkpoint):
    result = kbvae("evaluate", checkpoint, "-m", "mig", "--sampled", "--bound")
    assert result.exit_code == 0, result.output
    assert "of draws, not means" in result.output
    assert "at least: importance-weighted, 36 images, 64 draws each" in result.output
    record = json.loads((checkpoint.parent / "evaluation.json").read_text())
    assert record["codes"] == "samples"
    assert record["bound"]["elbo"] < record["bound"]["bound"]


def test_without_factors_the_default_falls_away(
    kbvae, refused, checkpoint, monkeypatch
):
    monkeypatch.setattr(datasets, "load", lambda name: without_factors(Squares()))
    result = kbvae("evaluate", checkpoint)
    assert result.exit_code == 0, result.output
    assert "plain has no factors" in result.output
    sentence = refused("evaluate", checkpoint, "-m", "beta_vae")
    assert "β-VAE score needs the factors" in sentence


def test_a_runs_folder_is_evaluated_as_its_checkpoint(kbvae, checkpoint):
    result = kbvae("evaluate", checkpoint.parent, "--quick")
    assert result.exit_code == 0, result.output
    assert (checkpoint.parent / "evaluation.json").exists()


def test_a_damaged_record_is_replaced(kbvae, checkpoint):
    (checkpoint.parent / "evaluation.json").write_text("half")
    assert kbvae("evaluate", checkpoint, "--quick").exit_code == 0
    assert json.loads((checkpoint.parent / "evaluation.json").read_text())["scores"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "received none"),
        (("--codes", "c.npy", "--representation", "pca"), "and --representation"),
        (("--factors", "f.npy", "x.keras"), "--factors belong to --codes"),
        (("--factor-names", "a,b", "x.keras"), "without --codes"),
        (("--codes", "c.npy", "--bound"), "need a model's posterior"),
        (("--codes", "none.npy"), "Codes must exist; 'none.npy' does not"),
        (("x.keras", "-m", "mig", "--protocol", "other"), "is not one of"),
        (("x.keras", "y.keras", "--json", "e.json"), "takes one record"),
    ],
)
def test_what_cannot_be_measured_is_one_sentence(
    refused, checkpoint, arguments, sentence
):
    arguments = [str(checkpoint) if a == "x.keras" else a for a in arguments]
    arguments = [str(checkpoint) if a == "y.keras" else a for a in arguments]
    assert sentence in refused("evaluate", *arguments)


def test_an_unknown_metric_and_one_without_its_protocol(refused, checkpoint):
    assert "Did you mean 'mig'" in refused("evaluate", checkpoint, "-m", "migg")
    sentence = refused("evaluate", checkpoint, "-m", "mig", "--protocol", "higgins2017")
    assert "MIG must be computed by locatello2019" in sentence


def test_arrays_that_do_not_fit_are_one_sentence(refused, own_files, tmp_path):
    codes, factors = own_files
    typed = ("evaluate", "--codes", codes, "--factors")
    np.save(tmp_path / "short.npy", np.ones((10, 2)))
    assert "400 rows of codes and 10" in refused(*typed, tmp_path / "short.npy")
    np.save(tmp_path / "constant.npy", np.ones((400, 2)))
    assert "at least two factors" in refused(*typed, tmp_path / "constant.npy")
    np.save(tmp_path / "nan.npy", np.full((400, 2), np.nan))
    refusal = refused("evaluate", "--codes", tmp_path / "nan.npy", "--factors", factors)
    assert "must be finite" in refusal
