import json

import keras
import pytest

from keras_bvae.metrics.score import plain
from keras_bvae.training.run_folder import RunFolder, environment
from keras_bvae.training.settings import Settings


def test_a_record_comes_back_with_null_for_nan(tmp_path):
    folder = RunFolder(tmp_path)
    folder.write({"settings": Settings().to_dict(), "results": {"loss": float("nan")}})
    record = folder.read()
    assert Settings(**record["settings"]) == Settings()
    assert record["results"] == {"loss": None}


def test_history_comes_back_up_to_a_step(tmp_path):
    folder = RunFolder(tmp_path)
    folder.write_history(
        [{"step": 1, "loss": 2.5}, {"step": 2, "loss": 1.5, "kl": 0.5}]
    )
    assert folder.read_history(last_step=1) == [{"step": "1", "loss": "2.5", "kl": ""}]
    assert len(folder.read_history(last_step=2)) == 2


def test_a_new_folder_is_made_with_its_parents(tmp_path):
    folder = RunFolder(tmp_path / "a" / "b")
    folder.create()
    assert folder.path.is_dir()


@pytest.mark.parametrize("name", ["run.json", "ckpt.keras"])
def test_a_folder_with_a_run_is_not_taken_again(tmp_path, name):
    (tmp_path / name).write_text("{}")
    with pytest.raises(FileExistsError, match="--resume"):
        RunFolder(tmp_path).create()


@pytest.mark.parametrize("text", ["", "[]", json.dumps({"settings": {"bta": 4}})])
def test_a_record_that_is_damaged_is_named(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(ValueError, match=r"run\.json must be as"):
        RunFolder(tmp_path).read()


def test_null_for_nan_reaches_into_lists_and_dicts():
    value = {"a": [1.0, float("inf")], "b": "text", "c": (float("nan"),)}
    assert plain(value) == {"a": [1.0, None], "b": "text", "c": [None]}


def test_environment_names_backend_and_versions():
    found = environment()
    assert found["backend"] == keras.backend.backend()
    assert found["versions"]["keras"] == keras.__version__
    assert json.dumps(found)
