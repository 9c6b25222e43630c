import dataclasses
import json

import numpy as np
import pytest

import keras_bvae
from keras_bvae.metrics.score import Score


def a_score(**changes):
    values = {
        "name": "beta_vae_score",
        "score": np.float64(0.875),
        "parts": {"eval_accuracy": np.float32(0.875), "each": np.array([1.0, 0.75])},
        "protocol": "custom",
        "settings": {"factor_names": ("scale", "shape"), "pairs": np.int64(8)},
        "seed": 3,
        "seconds": 1.5,
    }
    return Score(**{**values, **changes})


def test_a_score_is_its_number():
    assert float(a_score()) == 0.875
    assert str(a_score()) == "beta_vae_score 0.8750 (custom, seed 3)"


def test_a_score_survives_json():
    record = json.loads(a_score().to_json())
    assert record["score"] == 0.875
    assert record["parts"] == {"eval_accuracy": 0.875, "each": [1.0, 0.75]}
    assert record["settings"] == {"factor_names": ["scale", "shape"], "pairs": 8}
    assert record["versions"]["keras-bvae"] == keras_bvae.__version__
    assert record["versions"]["numpy"] == np.__version__
    assert set(record) == {field.name for field in dataclasses.fields(Score)}


def test_nan_becomes_null_in_json():
    assert json.loads(a_score(score=float("nan")).to_json())["score"] is None


def test_a_score_does_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        a_score().score = 1.0
