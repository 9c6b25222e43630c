import errno
import json
import os
import re

import keras
import numpy as np
import pytest
from small_model import small_model

from keras_bvae.errors import FileNotWritten, FolderInUse, InvalidValue, Unusable
from keras_bvae.files.whole_file import remove_leftovers
from keras_bvae.metrics.score import plain
from keras_bvae.runs import RunFolder, Settings, environment
from keras_bvae.runs.run_folder import KeptCheckpoints


def record(**changes):
    """What a run writes when it starts."""
    return {
        "settings": Settings().to_dict(),
        **environment(),
        "started": "2026-11-21T23:43:30+00:00",
        "status": "running",
        "step": 0,
        "seconds": 0.0,
        **changes,
    }


def test_a_record_comes_back_with_null_for_nan(tmp_path):
    folder = RunFolder(tmp_path)
    folder.write(record(results={"loss": float("nan")}))
    found = folder.read()
    assert Settings(**found["settings"]) == Settings()
    assert found["results"] == {"loss": None}


def test_history_comes_back_up_to_a_step(tmp_path):
    folder = RunFolder(tmp_path)
    rows = folder.history_rows()
    rows.add({"step": 1, "loss": 2.5})
    rows.add({"step": 2, "loss": 1.5, "kl": 0.5})
    assert folder.read_history(last_step=1) == [{"step": "1", "loss": "2.5", "kl": ""}]
    assert len(folder.read_history(last_step=2)) == 2


def test_a_new_folder_is_made_with_its_parents(tmp_path):
    folder = RunFolder(tmp_path / "a" / "b")
    folder.create()
    assert folder.path.is_dir()


def test_a_folder_with_a_run_is_not_taken_again(tmp_path):
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(FileExistsError, match="--resume"):
        RunFolder(tmp_path).create()


# ---- a folder that came from elsewhere ---------------------------------------------

OURS = ("run.json", "ckpt.keras", "history.csv", "traversal.png")
FOLDERS = ("checkpoints", "pictures", "tensorboard")
needs_links = pytest.mark.skipif(os.name != "posix", reason="needs links")


@needs_links
@pytest.mark.parametrize("name", [*OURS, *FOLDERS, ".kbvae.lock"])
def test_nothing_is_written_or_deleted_through_a_link(tmp_path, name):
    outside, run = tmp_path / "outside", tmp_path / "run"
    run.mkdir()
    outside.mkdir()
    for kept in ("step-000010.keras", ".step-000010-part-abcd1234.keras", "file"):
        (outside / kept).write_text("of somebody")
    (run / name).symlink_to(outside if name in FOLDERS else outside / "file")
    with pytest.raises(Unusable, match="link"), RunFolder(run).alone():
        raise AssertionError("never inside")
    kept = RunFolder(run).kept
    if name == "checkpoints":
        assert kept.steps() == [10]
        for change in (
            lambda: kept.remove_beyond(5),
            lambda: kept.save(small_model(), 5),
        ):
            with pytest.raises(Unusable, match="link"):
                change()
    RunFolder(run).remove_leftovers()
    assert sorted(path.name for path in outside.iterdir()) == [
        ".step-000010-part-abcd1234.keras",
        "file",
        "step-000010.keras",
    ]
    assert {path.read_text() for path in outside.iterdir()} == {"of somebody"}
    assert os.listdir(run) == [name]


@needs_links
def test_a_run_may_lie_behind_a_link(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "run")
    with RunFolder(tmp_path / "link").alone():
        RunFolder(tmp_path / "link").write(record())
    assert RunFolder(tmp_path / "run").read()["step"] == 0


@needs_links
def test_a_second_name_of_a_file_keeps_its_contents(tmp_path):
    """What is written is a new file: other names of the old one are not changed."""
    (tmp_path / "mine").write_text("of mine")
    for name in ("run.json", "history.csv", ".kbvae.lock"):
        os.link(tmp_path / "mine", tmp_path / name)
    folder = RunFolder(tmp_path)
    with folder.alone():
        folder.write(record())
        folder.history_rows().add({"step": 1})
    assert (tmp_path / "mine").read_text() == "of mine"


@pytest.mark.parametrize("kind", ["mkdir", "mkfifo"])
def test_a_lock_that_is_no_file_is_named(tmp_path, kind):
    if not hasattr(os, kind):
        pytest.skip("needs a pipe with a name")
    getattr(os, kind)(tmp_path / ".kbvae.lock")
    with pytest.raises(Unusable, match="lock"), RunFolder(tmp_path).alone():
        pass


def test_one_process_has_the_folder_alone_and_clears_what_a_killed_one_left(tmp_path):
    names = ["ckpt.keras", "run.json", "history.csv", "traversal.png", "notes.txt"]
    left = [".ckpt-part-abcd1234.keras", ".run-part-a_b_c_d_.json"]
    foreign = [".notes-abcd1234.txt", ".ckpt-previous.keras"]
    for name in (*names, *left, *foreign):
        (tmp_path / name).write_text("")
    with RunFolder(tmp_path).alone():
        found = set(os.listdir(tmp_path)) - {".kbvae.lock"}
        assert found == {*names, *foreign}
        with (
            pytest.raises(FolderInUse, match=re.escape(str(tmp_path))),
            RunFolder(tmp_path).alone(),
        ):
            pass
    assert set(os.listdir(tmp_path)) == {*names, *foreign}


def test_what_a_killed_run_left_in_its_subfolders_goes_too(tmp_path):
    left = ["checkpoints/.step-000500-part-abcd1234.keras"]
    left += ["pictures/.traversal-000500-part-abcd1234.png"]
    whole = ["checkpoints/step-000500.keras", "pictures/traversal-000500.png"]
    for name in (*left, *whole):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    with RunFolder(tmp_path).alone():
        files = [path for path in tmp_path.rglob("*.*") if path.parent != tmp_path]
    assert sorted(path.relative_to(tmp_path).as_posix() for path in files) == whole


def test_files_of_one_at_work_are_not_cleared(tmp_path):
    with RunFolder(tmp_path).alone():
        (tmp_path / ".ckpt-part-abcd1234.keras").write_text("")
        with pytest.raises(FolderInUse), RunFolder(tmp_path).alone():
            pass
        assert (tmp_path / ".ckpt-part-abcd1234.keras").exists()


@pytest.mark.parametrize("name", ["history.csv", "run.json"])
def test_a_full_disk_keeps_history_and_record(tmp_path, monkeypatch, name):
    folder = RunFolder(tmp_path)
    writers = {
        "history.csv": lambda step: folder.history_rows().add({"step": step}),
        "run.json": lambda step: folder.write({"step": step}),
    }
    folder.record.write_text("{}")
    folder.checkpoint.write_bytes(b"")
    writers[name](1)
    before = (tmp_path / name).read_bytes()
    files = sorted(os.listdir(tmp_path))

    def refuse(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(FileNotWritten, match="the old one is kept") as caught:
        writers[name](2)
    assert str(caught.value).endswith(f"`kbvae train --resume {tmp_path}`.")
    assert (tmp_path / name).read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == files


@pytest.mark.parametrize("text", ["", "[]", json.dumps({"settings": {"bta": 4}})])
def test_a_record_that_is_damaged_is_named(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(ValueError, match=r"run\.json must be as"):
        RunFolder(tmp_path).read()


def test_a_record_that_lacks_something_says_what(tmp_path):
    cut = {k: v for k, v in record().items() if k not in ("status", "seconds")}
    (tmp_path / "run.json").write_text(json.dumps(cut))
    with pytest.raises(InvalidValue, match=r"is not \(it lacks status, seconds\)"):
        RunFolder(tmp_path).read()


def test_a_history_that_is_damaged_is_named(tmp_path):
    (tmp_path / "history.csv").write_text("step,seconds\n1,soon\n")
    with pytest.raises(InvalidValue, match=r"history\.csv must have .*Move it away"):
        RunFolder(tmp_path).read_history(last_step=1)


def test_a_history_that_is_no_file_is_no_empty_one(tmp_path):
    os.mkfifo(tmp_path / "history.csv")
    with pytest.raises(Unusable, match="ordinary file"):
        RunFolder(tmp_path).read_history(last_step=1)
    (tmp_path / "history.csv").unlink()
    (tmp_path / "history.csv").mkdir()
    with pytest.raises(IsADirectoryError, match="must be a file"):
        RunFolder(tmp_path).read_history(last_step=1)


def test_null_for_nan_reaches_into_lists_and_dicts():
    value = {"a": [1.0, float("inf")], "b": "text", "c": (float("nan"),)}
    assert plain(value) == {"a": [1.0, None], "b": "text", "c": [None]}


def test_environment_names_backend_and_versions():
    found = environment()
    assert found["backend"] == keras.backend.backend()
    assert found["versions"]["keras"] == keras.__version__
    assert json.dumps(found)


# ---- checkpoints that are kept on the way ------------------------------------------


def test_steps_are_sorted_as_numbers_and_other_files_are_none(tmp_path):
    kept = KeptCheckpoints(tmp_path)
    assert kept.path_of(500).name == "step-000500.keras"
    for name in (1_000_000, 999_999, 7):
        kept.path_of(name).write_text("")
    for name in ("step-1.keras", "step-000001.txt", ".step-000002-part-abcd1234.keras"):
        (tmp_path / name).write_text("")
    assert kept.steps() == [7, 999_999, 1_000_000]


def test_later_ones_and_halves_can_be_removed(tmp_path):
    kept = KeptCheckpoints(tmp_path)
    for step in (10, 20, 30):
        kept.path_of(step).write_text("")
    (tmp_path / ".step-000020-part-abcd1234.keras").write_text("")
    kept.remove_beyond(20)
    remove_leftovers(tmp_path / "step-*.keras")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "step-000010.keras",
        "step-000020.keras",
    ]
    kept.path_of(30).mkdir()
    with pytest.raises(IsADirectoryError, match="Move it away"):
        kept.remove_beyond(20)


def test_only_names_as_runs_write_them_are_kept_checkpoints(tmp_path):
    kept = KeptCheckpoints(tmp_path)
    for name in ("0000010", "00010", "000010", "1000000", "٠٠٠٠٢٠", "000030.old"):
        (tmp_path / f"step-{name}.keras").touch()
    assert kept.steps() == [10, 1_000_000]


def test_weights_that_are_not_finite_are_not_kept(tmp_path):
    model = small_model()
    model.set_weights([w * np.nan if w.ndim else w for w in model.get_weights()])
    kept = KeptCheckpoints(tmp_path / "checkpoints")
    kept.save(model, 5)
    assert kept.steps() == []


def test_a_run_is_gone_on_with_once_there_is_one_to_go_on_with(tmp_path):
    folder = RunFolder(tmp_path)
    assert "start the run again" in folder._advice
    folder.record.write_text("{}")
    folder.checkpoint.write_bytes(b"")
    assert "kbvae train --resume" in folder._advice
