import json
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from numbered_run import Squares
from PIL import Image
from small_run import results_record, score_record, write_evaluation

from keras_bvae import datasets, errors
from keras_bvae.files.whole_file import whole_file
from keras_bvae.models.checkpoint import load_checkpoint, save_checkpoint
from keras_bvae.runs import RunFolder, beside, open_run

pytestmark = pytest.mark.across_backends


@pytest.fixture
def loaded(monkeypatch):
    """Names of the data sets that were asked for."""
    names = []
    monkeypatch.setattr(datasets, "load", lambda name: names.append(name) or Squares())
    return names


def change_record(folder, **changes):
    """Changes the record of a run; a setting by its name."""
    record = RunFolder(folder).read()
    settings = {k: changes.pop(k) for k in list(changes) if k in record["settings"]}
    record = {**record, **changes, "settings": {**record["settings"], **settings}}
    (folder / "run.json").write_text(json.dumps(record))


def kept_by(folder):
    """A checkpoint that the run kept on its way."""
    (folder / "checkpoints").mkdir()
    kept = folder / "checkpoints" / "step-000040.keras"
    return shutil.copy(folder / "ckpt.keras", kept)


# ---- what there is -----------------------------------------------------------------


def test_a_folder_and_its_checkpoint_are_one_run(run):
    for path in (run, run / "ckpt.keras", str(run)):
        opened = open_run(path)
        assert (opened.title, opened.folder) == ("beta4", run)
        assert opened.checkpoint == run / "ckpt.keras"
        assert int(opened.model.step) == 40
        assert opened.dataset.name == "squares"
        assert opened.settings.steps == 40
        assert opened.seed == 3
        np.testing.assert_array_equal(opened.history.steps, [40])


def test_a_run_is_known_by_a_name_without_its_folder(run, monkeypatch):
    monkeypatch.chdir(run)
    for path in (".", "ckpt.keras"):
        opened = open_run(path)
        assert (opened.title, opened.seed) == ("beta4", 3)


def test_a_checkpoint_elsewhere_is_no_run(run, tmp_path):
    alone = shutil.copy(run / "ckpt.keras", tmp_path / "best.keras")
    opened = open_run(alone, "squares")
    assert (opened.title, opened.record, opened.history) == ("best", None, None)
    assert (opened.settings, opened.seed) == (None, 0)


def test_a_checkpoint_that_a_run_kept_is_opened_on_the_runs_data(run):
    opened = open_run(kept_by(run))
    assert (opened.dataset.name, opened.kept_by) == ("squares", "beta4")
    assert (opened.title, opened.record) == ("step-000040", None)
    copy = shutil.copy(run / "ckpt.keras", run / "best.keras")
    assert open_run(copy).kept_by is None


def test_the_best_checkpoint_of_a_run_is_told_by_its_step(run):
    copy = shutil.copy(run / "ckpt.keras", run / "best.keras")
    record = json.loads((run / "run.json").read_text())
    record["settings"]["validation"] = 0.1  # without it the file is somebody's copy
    (run / "run.json").write_text(json.dumps(record))
    opened = open_run(copy)
    assert (opened.title, opened.is_best) == ("beta4 best, step 40", True)
    assert (opened.dataset.name, opened.kept_by) == ("squares", "beta4")
    assert (opened.record, opened.history) == (None, None)
    assert opened.evaluation_file.name == "best-evaluation.json"
    assert not open_run(run).is_best


def test_a_run_that_logged_nothing_has_no_history(run):
    (run / "history.csv").write_text("step,seconds,loss\n100,1.")  # being written
    assert open_run(run).history is None
    (run / "history.csv").unlink()
    assert open_run(run).history is None


def test_a_folder_with_a_checkpoint_alone_gives_its_name(run):
    (run / "run.json").unlink()
    opened = open_run(run, "squares")
    assert (opened.title, opened.record) == ("beta4", None)


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=re.escape("run.json")):
        open_run(tmp_path)


def test_a_missing_checkpoint_is_named(run, tmp_path):
    with pytest.raises(errors.MissingFile, match=r"found none at .*gone\.keras"):
        open_run(tmp_path / "gone.keras")
    (run / "ckpt.keras").unlink()
    with pytest.raises(errors.MissingFile, match=r"found none at .*ckpt\.keras"):
        open_run(run)


@pytest.mark.parametrize(
    "text", ["of another program", "[]", '{"settings": {"bta": 4}}']
)
@pytest.mark.parametrize("data", [None, "squares"])
def test_a_damaged_record_is_named(run, text, data):
    (run / "run.json").write_text(text)
    for path in (run, run / "ckpt.keras"):
        with pytest.raises(
            errors.InvalidValue, match=r"run\.json.*move that file away"
        ):
            open_run(path, data)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"objective": "factor_vae", "beta": None, "beta_schedule": None}, "FactorVAE"),
        (
            {"latent_dim": 10},
            r"holds 3 latents, and the run\.json .* says 10 latents",
        ),
        ({"likelihood": "gaussian"}, "the likelihood bernoulli, .* gaussian"),
    ],
    ids=["objective", "latents", "likelihood"],
)
def test_a_record_of_another_model_is_not_told_of_this_one(run, changes, said):
    change_record(run, **changes)
    for path in (run, kept_by(run)):
        with pytest.raises(errors.InvalidValue, match=said):
            open_run(path)
    (run / "run.json").unlink()
    assert open_run(run, "squares").record is None


def test_a_damaged_history_is_named_by_who_reads_it(run):
    (run / "history.csv").write_text("step,loss\n1,high\n")
    opened = open_run(run)
    with pytest.raises(errors.InvalidValue, match=re.escape("history.csv")):
        opened.history  # noqa: B018


@pytest.mark.skipif(os.name != "posix", reason="needs locks of POSIX")
def test_who_opens_a_run_clears_what_a_killed_process_left(run, tmp_path):
    kept_by(run)
    (run / "pictures").mkdir()
    parts = (
        ".ckpt-part-abcd1234.keras",
        ".evaluation-part-abcd1234.json",
        "checkpoints/.step-000060-part-abcd1234.keras",
        "pictures/.traversal-000060-part-abcd1234.png",
    )
    before = sorted(run.rglob("*"))
    for name in parts:
        (run / name).write_text("half")
    with whole_file(run / "traversal.png") as at_work:
        open_run(run)
        assert at_work.exists()
    (run / "traversal.png").unlink()
    assert sorted(run.rglob("*")) == before
    alone = shutil.copy(run / "ckpt.keras", tmp_path / "best.keras")
    left = tmp_path / ".best-part-abcd1234.keras"
    left.write_text("half")
    open_run(alone, "squares")
    assert not left.exists()


# ---- its data ----------------------------------------------------------------------


@pytest.mark.parametrize("is_kept", [False, True])
def test_the_data_set_is_the_one_named_or_recorded(run, loaded, is_kept):
    change_record(run, data="images:gone")
    path = kept_by(run) if is_kept else run
    open_run(path)
    open_run(path, "named")
    assert loaded == ["images:gone", "named"]


def test_without_a_record_it_is_dsprites(run, loaded, tmp_path):
    open_run(shutil.copy(run / "ckpt.keras", tmp_path / "vae.keras"))
    assert loaded == ["dsprites"]


def test_no_data_set_is_loaded_where_none_is_needed(run, loaded):
    assert open_run(run, needs_data=False).dataset is None
    assert loaded == []


def test_data_of_another_size_are_refused(run):
    with pytest.raises(ValueError, match="images of one shape"):
        open_run(run, "dsprites")


def test_data_that_are_gone_are_named_with_the_checkpoint(run):
    change_record(run, data="images:gone")
    words = r"ckpt\.keras' was trained on images:gone, which cannot be opened: .*"
    with pytest.raises(errors.Misuse, match=words + re.escape("--data.")):
        open_run(run)


def test_a_full_disk_is_no_fault_of_the_data(run, monkeypatch):
    def fill(name):
        raise errors.DiskFull("no room for the cache")

    monkeypatch.setattr(datasets, "load", fill)
    with pytest.raises(errors.DiskFull, match=r"^no room for the cache$"):
        open_run(run)


def test_a_name_that_is_typed_has_its_own_error(run):
    with pytest.raises(ValueError, match=r"^(?!.*was trained on)"):
        open_run(run, "no_such_data")


# ---- where results go --------------------------------------------------------------


@pytest.mark.parametrize(
    ("checkpoint", "expected"),
    [("runs/a/ckpt.keras", "runs/a/e.json"), ("models/vae.keras", "models/vae-e.json")],
)
def test_results_lie_beside_their_checkpoint_and_do_not_mix(checkpoint, expected):
    assert beside(Path(checkpoint), "e.json") == Path(expected)


def test_results_of_a_folder_lie_in_it(run):
    assert beside(run, "e.json") == run / "e.json"


def test_scores_on_other_data_have_a_file_of_their_own(run, loaded):
    change_record(run, data="images:gone")
    own = run / "evaluation.json"
    assert open_run(run).evaluation_file == own
    assert open_run(run, "images:gone").evaluation_file == own
    other = open_run(run, "images:gone+validation=0.2").evaluation_file
    assert other == run / "evaluation-images-gone-validation-0-2.json"


def test_scores_of_checkpoints_that_share_a_folder_are_told_apart(run, loaded):
    vae = shutil.copy(run / "ckpt.keras", run.parent / "vae.keras")
    assert open_run(vae).evaluation_file.name == "vae-evaluation.json"
    assert open_run(vae, "dsprites").evaluation_file.name == "vae-evaluation.json"
    digits = open_run(vae, "digits").evaluation_file.name
    assert digits == "vae-evaluation-digits.json"


# ---- what was measured before ------------------------------------------------------


def test_what_evaluate_wrote_is_read(run):
    assert open_run(run).evaluation is None
    write_evaluation(run)
    assert open_run(run).evaluation["scores"] == [score_record()]


@pytest.mark.parametrize(
    "changes",
    [
        {"step": 39},
        {"weights_sha256": "0" * 64},
        {"dataset": "digits"},
        {"dataset_size": 35},
        {"scores": []},
        {"kl": None},
    ],
    ids=str,
)
def test_scores_of_another_state_or_data_set_are_left_out(run, changes):
    write_evaluation(run, **changes)
    assert open_run(run).evaluation is None


def test_scores_count_by_the_weights_and_not_by_when_files_were_written(run, tmp_path):
    write_evaluation(run)
    for name in ("evaluation.json", "run.json"):
        os.utime(run / name, (0, 0))
    copy = shutil.copytree(run, tmp_path / "copy", copy_function=shutil.copyfile)
    for folder in (run, copy):
        assert open_run(folder).evaluation["scores"] == [score_record()]
        assert open_run(folder).results["scores"]


def test_weights_that_moved_by_the_least_make_scores_stale(run):
    """However alike the KL is, and though the step is the same."""
    write_evaluation(run)
    model = load_checkpoint(run / "ckpt.keras")
    bias = model.decoder.layers[-2].weights[-1]
    bias.assign(np.array(bias) + np.float32(1e-6))
    save_checkpoint(model, run / "ckpt.keras")
    future = (run / "ckpt.keras").stat().st_mtime + 100
    os.utime(run / "evaluation.json", (future, future))
    opened = open_run(run)
    assert (opened.evaluation, opened.results) == (None, None)
    assert not opened.has_unproven_scores


def test_scores_of_a_version_that_named_no_weights_do_not_count(run):
    found = {**results_record(scores=[score_record()]), "step": 40}
    (run / "evaluation.json").write_text(json.dumps(found))
    assert open_run(run).evaluation is None
    assert open_run(run).has_unproven_scores
    (run / "evaluation.json").unlink()
    assert not open_run(run).has_unproven_scores
    change_record(run, results=results_record())
    assert open_run(run).results is None
    assert open_run(run).has_unproven_scores


def test_the_runs_results_on_its_data_are_none_of_other_data(run, monkeypatch):
    other = Squares()
    other.name = "digits"
    real = datasets.load
    monkeypatch.setattr(
        datasets, "load", lambda name: other if name == "digits" else real(name)
    )
    write_evaluation(run, dataset="digits")
    (run / "evaluation.json").rename(run / "evaluation-digits.json")
    opened = open_run(run, "digits")
    assert opened.evaluation["scores"] == [score_record()]
    assert opened.results is None


def test_recorded_scores_are_those_of_one_protocol_and_seed(run):
    other = {**score_record("sap"), "seed": 1}
    custom = score_record("dci", protocol="custom")
    write_evaluation(run, scores=[score_record(), other, custom])
    opened = open_run(run)
    assert opened.recorded_scores("locatello2019", 0) == {"mig": score_record()}
    assert list(opened.recorded_scores("locatello2019", 1)) == ["sap"]
    (run / "evaluation.json").unlink()
    assert open_run(run).recorded_scores("locatello2019", 0) == {}


def test_a_damaged_record_of_scores_is_named(run):
    (run / "evaluation.json").write_text('{"dataset": "squares"')
    opened = open_run(run)
    with pytest.raises(errors.InvalidValue, match=re.escape("evaluation.json")):
        opened.evaluation  # noqa: B018


# ---- a picture beside the data -----------------------------------------------------


@pytest.mark.parametrize("needs_data", [True, False])
def test_a_picture_is_read_as_the_data_of_the_run(run, tmp_path, loaded, needs_data):
    pixels = np.float32(np.linspace(-1, 1, 64).reshape(8, 8))
    Image.fromarray(pixels).save(tmp_path / "a.tif")
    with pytest.raises(ValueError, match=r"value_range=\(-1, 1\)"):
        open_run(run, needs_data=needs_data).picture(tmp_path / "a.tif")
    change_record(run, data="images:here+range=-1:1")
    opened = open_run(run, needs_data=False)
    image = opened.picture(tmp_path / "a.tif")
    assert image.shape == (1, *opened.model.image_shape)
    assert (image.min(), image.max()) == (0, 255)
