"""`kbvae train --resume` after what stopped the first process."""

import pytest
from bare_process import bare_process
from numbered_run import Squares, use_small_model
from run_content import content, differences

from keras_bvae import datasets, evaluation
from keras_bvae.callbacks import exact_resume

NEW = ("train", "--data", "squares", "--batch-size", 8, "--steps", 20)
NEW = (*NEW, "--checkpoint-every", 7)


@pytest.fixture(autouse=True)
def squares(monkeypatch):
    """`--data squares`: 36 images of 8×8 with two factors, and a tiny model."""
    monkeypatch.setattr(datasets, "load", lambda name: Squares())
    use_small_model(monkeypatch)


@pytest.fixture
def whole(kbvae, tmp_path):
    """What a run leaves that nothing stopped."""
    assert kbvae(*NEW, "--out", tmp_path / "whole" / "run").exit_code == 0
    return content(tmp_path / "whole" / "run")


def test_a_run_that_died_while_it_was_measured_is_only_measured(
    kbvae, tmp_path, monkeypatch, whole
):
    def die(*arguments, **settings):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(evaluation, "evaluate_model", die)
        died = kbvae(*NEW, "--out", tmp_path / "run")
    assert died.exit_code == 130
    assert "step 20 of 20" in died.output
    before = (tmp_path / "run" / "ckpt.keras").stat()
    result = kbvae("train", "--resume", tmp_path / "run")
    assert result.exit_code == 0, result.output
    assert "Measuring" in result.output
    assert "Training" not in result.output
    assert "Trained 20 steps" in result.output
    assert (tmp_path / "run" / "ckpt.keras").stat() == before
    assert differences(whole, content(tmp_path / "run")) == []


HOLD = """
import sys
from keras_bvae.files.locks import run_lock
with run_lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_run_that_another_process_works_at_is_left_to_it(kbvae, refused, tmp_path):
    assert kbvae(*NEW, "--out", tmp_path / "run").exit_code == 0
    with bare_process(HOLD, tmp_path / "run") as holder:
        assert holder.stdout.readline() == "held\n"
        sentence = refused("train", "--resume", tmp_path / "run", "--steps", 30)
        holder.stdin.close()
    assert f"in use by process {holder.pid}" in sentence


def test_the_trained_model_is_measured_by_one_process(kbvae, tmp_path, monkeypatch):
    real, holders = evaluation.evaluate_model, []

    def measure(*arguments, **settings):
        holder = bare_process(HOLD, tmp_path / "run")
        holders.append(holder.communicate()[1])
        return real(*arguments, **settings)

    monkeypatch.setattr(evaluation, "evaluate_model", measure)
    assert kbvae(*NEW, "--out", tmp_path / "run").exit_code == 0
    assert "FolderInUse" in holders[0]


def test_a_disk_that_is_full_costs_one_sentence_and_no_step_before(
    kbvae, tmp_path, monkeypatch, whole
):
    resource = pytest.importorskip("resource", reason="needs limits of a POSIX system")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    real, saved = exact_resume.save_checkpoint, []

    def save(model, path, state):
        if len(saved) == 2:  # of step 0 and 7: the kernel refuses the next
            size = path.stat().st_size // 2
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, limit[1]))
        real(model, path, state)
        saved.append(state["step"])

    with monkeypatch.context() as patch:
        patch.setattr(exact_resume, "save_checkpoint", save)
        try:
            stopped = kbvae(*NEW, "--out", tmp_path / "run")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert stopped.exit_code == 1, stopped.output
    sentence = stopped.output.split("Error: ")[1]
    assert sentence.count("\n") == 1
    assert "the last good one, of step 7, is kept" in sentence
    assert f"kbvae train --resume {tmp_path / 'run'}" in sentence
    result = kbvae("train", "--resume", tmp_path / "run")
    assert result.exit_code == 0, result.output
    assert differences(whole, content(tmp_path / "run")) == []
