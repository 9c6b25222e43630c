import json
from pathlib import Path

import pytest
from numbered_run import Squares
from small_model import small_model

from kbvae.checkpoints import beside, load_data_for, name_of
from keras_bvae import datasets


@pytest.mark.parametrize(
    ("checkpoint", "expected"),
    [("runs/a/ckpt.keras", "runs/a/e.json"), ("models/vae.keras", "models/vae-e.json")],
)
def test_results_lie_beside_their_checkpoint_and_do_not_mix(checkpoint, expected):
    assert beside(Path(checkpoint), "e.json") == Path(expected)


def test_a_checkpoint_is_called_by_its_run_or_its_own_name():
    assert name_of(Path("runs/a/ckpt.keras")) == "a"
    assert name_of(Path("models/vae.keras")) == "vae"


def test_the_data_set_is_the_one_named_or_recorded_or_dsprites(tmp_path, monkeypatch):
    loaded = []
    monkeypatch.setattr(datasets, "load", lambda name: loaded.append(name) or Squares())
    checkpoint = tmp_path / "ckpt.keras"
    load_data_for(small_model(), checkpoint, None)
    (tmp_path / "run.json").write_text(json.dumps({"settings": {"data": "recorded"}}))
    load_data_for(small_model(), checkpoint, None)
    load_data_for(small_model(), checkpoint, "named")
    assert loaded == ["dsprites", "recorded", "named"]
