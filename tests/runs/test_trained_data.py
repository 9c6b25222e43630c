import json
import re

import pytest
from numbered_run import Squares

from keras_bvae import datasets
from keras_bvae.runs.trained_data import (
    evaluation_file,
    load_trained_data,
    run_of,
)

pytestmark = pytest.mark.across_backends


@pytest.fixture
def loaded(monkeypatch):
    """Names of the data sets that were asked for."""
    names = []
    monkeypatch.setattr(datasets, "load", lambda name: names.append(name) or Squares())
    return names


@pytest.fixture
def run(tmp_path):
    """A run's folder that recorded its data."""
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    record = {"settings": {"data": "images:gone"}}
    (tmp_path / "run" / "run.json").write_text(json.dumps(record))
    return tmp_path / "run"


@pytest.mark.parametrize("name", ["ckpt.keras", "checkpoints/step-000100.keras"])
def test_a_run_knows_its_checkpoints_last_and_kept(run, loaded, name, monkeypatch):
    assert run_of(run / name).path == run
    load_trained_data(run / name)
    load_trained_data(run / name, "named")
    assert loaded == ["images:gone", "named"]
    monkeypatch.chdir((run / name).parent)
    assert run_of((run / name).name).record.is_file()


def test_without_a_record_it_is_dsprites(run, loaded):
    elsewhere = run.parent / "vae.keras"
    assert run_of(elsewhere) is None
    load_trained_data(elsewhere)
    (run / "run.json").write_text("of another program")
    load_trained_data(run / "ckpt.keras")
    assert loaded == ["dsprites", "dsprites"]


def test_data_that_are_gone_are_named_with_the_checkpoint(run):
    words = r"ckpt\.keras' was trained on images:gone, which cannot be opened: .*"
    with pytest.raises((OSError, ValueError), match=words + re.escape("--data.")):
        load_trained_data(run / "ckpt.keras")


def test_a_name_that_is_typed_has_its_own_error(run):
    with pytest.raises(ValueError, match=r"^(?!.*was trained on)"):
        load_trained_data(run / "ckpt.keras", "no_such_data")


def test_scores_on_other_data_have_a_file_of_their_own(run):
    own = run / "evaluation.json"
    assert evaluation_file(run / "ckpt.keras") == own
    assert evaluation_file(run / "ckpt.keras", "images:gone") == own
    other = evaluation_file(run / "ckpt.keras", "images:gone+validation=0.2")
    assert other == run / "evaluation-images-gone-validation-0-2.json"


def test_scores_of_checkpoints_that_share_a_folder_are_told_apart(run):
    vae = run.parent / "vae.keras"
    assert evaluation_file(vae).name == "vae-evaluation.json"
    assert evaluation_file(vae, "dsprites").name == "vae-evaluation.json"
    assert evaluation_file(vae, "digits").name == "vae-evaluation-digits.json"
