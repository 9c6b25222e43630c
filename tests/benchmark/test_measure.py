import types

import keras
import pytest
from numbered_images import NumberedImages
from tiny_workload import tiny_workload

from keras_bvae.benchmark import measure as measuring
from keras_bvae.benchmark.contestants import contestants_of
from keras_bvae.benchmark.measure import Plan, measure
from keras_bvae.benchmark.workload import Timing


class Scripted:
    """A contestant whose every step takes what a list says, in seconds."""

    label = "scripted"

    def __init__(self, calls, name, seconds):
        self.calls, self.name, self.seconds = calls, name, iter(seconds)

    def make(self, workload):
        return self

    def run(self, steps):
        self.calls.append((self.name, steps))
        return Timing(steps, steps * next(self.seconds), 1.5)


class Broken:
    label = "broken"

    def make(self, workload):
        raise RuntimeError("no compiler\nwas found")


WORKLOAD = types.SimpleNamespace(settings=types.SimpleNamespace(batch_size=10))


def test_medians_and_ratios_of_rounds_in_turn():
    calls, told = [], []
    contestants = {
        "ours": Scripted(calls, "ours", [9.0, 1.0, 2.0, 4.0]),
        "other": Scripted(calls, "other", [9.0, 2.0, 2.0, 6.0]),
    }
    found = measure(
        contestants, WORKLOAD, Plan(3, steps=5), lambda *place: told.append(place)
    )
    # By hand: medians of 1, 2, 4 and of 2, 2, 6; of the ratios 2, 1 and 1.5.
    assert found["ours"]["images_per_second"] == pytest.approx(5.0)
    assert found["other"]["milliseconds_per_step"] == pytest.approx(2000.0)
    assert found["other"]["ratio"] == pytest.approx(1.5)
    assert "ratio" not in found["ours"]
    there, back = ["ours", "other"], ["other", "ours"]
    assert [name for name, _ in calls[2:]] == [*there, *back, *there]
    assert told[0] == (0, 8)
    assert told[-1] == (8, 8)


def test_the_time_asked_for_decides_the_steps():
    calls = []
    ours = Scripted(calls, "ours", [1.0] + [0.01] * 9)
    found = measure({"ours": ours}, WORKLOAD, Plan(1, seconds=2.0))
    # 2 s of 10 ms; the first steps compile, then two trials and a run for nothing.
    assert found["ours"]["steps"] == 200
    assert calls == [("ours", steps) for steps in (2, 2, 8, 200, 200)]


def test_a_contestant_that_fails_says_why_and_the_others_go_on():
    contestants = {"ours": Scripted([], "ours", [1.0] * 9), "other": Broken()}
    found = measure(contestants, WORKLOAD, Plan(2, steps=1))
    assert found["other"]["failure"] == "RuntimeError: no compiler was found"
    assert found["ours"]["images_per_second"] == pytest.approx(10.0)


def test_ours_must_not_fail():
    with pytest.raises(RuntimeError, match="no compiler"):
        measure({"ours": Broken()}, WORKLOAD, Plan(1, steps=1))


def test_input_time_is_a_median(monkeypatch):
    ticks = iter([0.0, 1.0, 5.0, 7.0, 10.0, 19.0])
    monkeypatch.setattr(measuring.time, "perf_counter", lambda: next(ticks))
    dataset = NumberedImages(23)
    # Of 1, 2 and 9 seconds.
    assert measuring.input_seconds(dataset.batches(4), repeats=3) == 2.0


def test_a_record_has_ours_on_top_and_the_others_below(monkeypatch):
    def fake(contestants, workload, plan, progress):
        assert list(contestants) == list(contestants_of(keras.backend.backend(), False))
        assert plan == (7, 2.0, 3)
        ours = {"label": "ours", "milliseconds_per_step": 2.0}
        plain = {"label": "plain", "milliseconds_per_step": 4.0}
        return {"ours": ours, "keras_fit": plain, "loop": {"failure": "no gcc"}}

    monkeypatch.setattr(measuring, "measure", fake)
    monkeypatch.setattr(measuring, "input_seconds", lambda batches: 1e-4)
    record = measuring.backend_record(tiny_workload(), {"steps": 3}, compiled=False)
    assert record["backend"] == keras.backend.backend()
    assert record["processors"] >= 1
    # 0.1 ms of 2 ms.
    assert record["input_share"] == pytest.approx(0.05)
    assert record["comparisons"]["loop"] == {"failure": "no gcc"}
    assert record["comparisons"]["keras_fit"]["gflops"] == record["gflops"] / 2
    # Operations in 2 ms.
    assert record["gflops"] == pytest.approx(record["operations_per_step"] / 2e-3 / 1e9)
    assert record["share_of_limit"] == record["gflops"] / record["limit_gflops"]
