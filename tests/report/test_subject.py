import json
import os
import re
import shutil

import numpy as np
import pytest
from small_run import score_record, write_evaluation

from keras_bvae.report import read_subject
from keras_bvae.runs.run_folder import RunFolder


def test_a_folder_and_its_checkpoint_are_one_run(run):
    for path in (run, run / "ckpt.keras", str(run)):
        subject = read_subject(path)
        assert (subject.title, subject.folder) == ("beta4", run)
        assert subject.dataset.name == "squares"
        assert subject.settings.steps == 40
        assert subject.seed == 3
        assert subject.report_name == "report.html"
        np.testing.assert_array_equal(subject.history.steps, [40])


def test_a_checkpoint_elsewhere_is_no_run(run, tmp_path):
    alone = shutil.copy(run / "ckpt.keras", tmp_path / "best.keras")
    subject = read_subject(alone, "squares")
    assert (subject.title, subject.record, subject.history) == ("best", None, None)
    assert (subject.settings, subject.seed) == (None, 0)
    assert subject.report_name == "best-report.html"


def test_a_checkpoint_that_a_run_kept_is_shown_on_the_runs_data(run):
    (run / "checkpoints").mkdir()
    kept = shutil.copy(run / "ckpt.keras", run / "checkpoints" / "step-000040.keras")
    subject = read_subject(kept)
    assert (subject.dataset.name, subject.kept_by) == ("squares", "beta4")
    assert (subject.title, subject.record) == ("step-000040", None)
    beside = shutil.copy(run / "ckpt.keras", run / "best.keras")
    assert read_subject(beside).kept_by is None


def test_a_run_that_logged_nothing_has_no_history(run):
    (run / "history.csv").unlink()
    assert read_subject(run).history is None


def test_what_evaluate_wrote_is_read(run):
    assert read_subject(run).evaluation is None
    write_evaluation(run)
    assert read_subject(run).evaluation["scores"] == [score_record()]


@pytest.mark.parametrize(
    "changes", [{"kl": 1e3}, {"dataset": "digits"}, {"scores": []}], ids=str
)
def test_scores_of_another_state_or_data_set_are_left_out(run, changes):
    write_evaluation(run, **changes)
    assert read_subject(run).evaluation is None


def test_without_results_the_later_file_counts(run):
    write_evaluation(run)
    record = RunFolder(run).read()
    del record["results"]
    RunFolder(run).write(record)
    assert read_subject(run).evaluation is not None
    os.utime(run / "evaluation.json", (0, 0))
    assert read_subject(run).evaluation is None


def test_a_damaged_record_of_scores_is_named(run):
    (run / "evaluation.json").write_text('{"dataset": "squares"')
    with pytest.raises(ValueError, match=re.escape("evaluation.json")):
        read_subject(run)


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=re.escape("run.json")):
        read_subject(tmp_path)


def test_data_of_another_size_are_refused(run):
    with pytest.raises(ValueError, match="images of one shape"):
        read_subject(run, "dsprites")


def test_a_run_is_reported_on_the_data_that_are_named(run):
    record = RunFolder(run).read()
    record["settings"]["data"] = "gone"
    (run / "run.json").write_text(json.dumps(record))
    assert read_subject(run, "squares").dataset.name == "squares"
