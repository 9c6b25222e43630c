import keras
import pytest
from tiny_workload import tiny_workload

from keras_bvae.benchmark import backend_record as recording
from keras_bvae.benchmark.contestants import contestants_of


def test_a_record_has_ours_on_top_and_the_others_below(monkeypatch):
    def fake(contestants, workload, plan, progress):
        assert list(contestants) == list(contestants_of(keras.backend.backend(), False))
        assert plan == (7, 2.0, 3)
        ours = {"label": "ours", "milliseconds_per_step": 2.0}
        return {"ours": ours, "keras_fit": {"label": "plain", "ratio": 1.5}}

    monkeypatch.setattr(recording, "measure", fake)
    monkeypatch.setattr(recording, "input_seconds", lambda batches: 1e-4)
    record = recording.backend_record(tiny_workload(), {"steps": 3}, compiled=False)
    assert record["backend"] == keras.backend.backend()
    assert record["processors"] >= 1
    # 0.1 ms of 2 ms.
    assert record["input_share"] == pytest.approx(0.05)
    assert record["comparisons"] == {"keras_fit": {"label": "plain", "ratio": 1.5}}
