"""A run of 40 steps with all that a real one leaves behind, for reports about it."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from numbered_run import Squares, use_small_model

from keras_bvae import datasets
from keras_bvae.evaluation import evaluate_model
from keras_bvae.evaluation.model_state import model_state
from keras_bvae.models.checkpoint import load_checkpoint
from keras_bvae.runs import OpenedRun, RunFolder, Settings, TrainingHistory, start_run

SETTINGS = Settings(data="squares", batch_size=8, steps=40, seed=3, checkpoint_every=20)
# Text that would break a page that forgot to escape it.
HOSTILE = '<script>alert("&")</script>'


def make_run(folder):
    """Trains the tiny test model in a new folder, as `kbvae train` does."""
    with pytest.MonkeyPatch.context() as patch:
        use_small_model(patch)
        model = start_run(SETTINGS, Squares(), folder)
    run = RunFolder(folder)
    results = evaluate_model(model, Squares(), seed=SETTINGS.seed, quick=True)
    run.write({**run.read(), "results": results})
    return folder


@pytest.fixture(scope="session")
def trained_run(tmp_path_factory):
    """The run that tests take copies of."""
    return make_run(tmp_path_factory.mktemp("runs") / "beta4")


@pytest.fixture
def run(trained_run, tmp_path, monkeypatch):
    """A folder of a run's that the test may change."""
    load_squares(monkeypatch)
    return shutil.copytree(trained_run, tmp_path / "beta4")


def load_squares(monkeypatch):
    """Makes `squares` a data set that every command knows."""
    real = datasets.load
    monkeypatch.setattr(
        datasets, "load", lambda name: Squares() if name == "squares" else real(name)
    )


def without_factors(dataset):
    """The same images with nothing known of what made them."""
    images = dataset.images_at(range(len(dataset)))

    class Plain(datasets.Dataset):
        def _images_at(self, indices):
            return images[indices]

    return Plain("plain", dataset.image_shape, count=len(images))


@dataclasses.dataclass(frozen=True)
class RunWithoutFiles(OpenedRun):
    """A run whose history and evaluation are given, not read."""

    history: TrainingHistory | None = None
    evaluation: dict | None = None


def subject(model, **changes):
    """A finished run that no file stands behind, unless told otherwise."""
    record = {
        "settings": SETTINGS.to_dict(),
        "backend": "torch",
        "device": "cpu",
        "platform": "Elsewhere-1.0",
        "versions": {"python": "3.11.7", "keras": "3.15.1", "torch": "2.13.0"},
        "started": "2026-11-21T23:43:30+00:00",
        "status": "finished",
        "step": 40,
        "seconds": 2.5,
        **changes.pop("record", {}),
    }
    if record.get("results"):
        record["results"] = {**state_of(model), **record["results"]}
    checkpoint = Path("beta4") / "ckpt.keras"
    plain = RunWithoutFiles("beta4", checkpoint, model, Squares(), record)
    return dataclasses.replace(plain, **changes)


def score_record(metric="mig", value=0.25, protocol="locatello2019", **settings):
    """A metric's record as `score_records` makes it."""
    return {
        "metric": metric,
        "label": metric.upper(),
        "name": metric,
        "score": value,
        "parts": {"mutual_information": [[0.5, 0.0], [0.0, 0.25], [0.0, 0.0]]},
        "protocol": protocol,
        "settings": {
            "factor_names": ["row", "column"],
            "train_points": 24,
            "test_points": 12,
            **settings,
        },
        "seed": 0,
    }


def results_record(**changes):
    """Loss terms as `evaluate_model` gives them."""
    return {
        "dataset": "squares",
        "reconstruction": 12.345,
        "kl": 2.5,
        "loss": 22.345,
        "penalties": {},
        "kl_of_each_latent": [2.0, 0.5, 0.0],
        "active_latents": [0, 1],
        "images": 36,
        "scores": [],
        **changes,
    }


def state_of(model):
    """What a record says of the weights and the data that it is of."""
    return {"dataset_size": 36, **model_state(model)}


def write_evaluation(folder, **changes):
    """What `kbvae evaluate` leaves beside a checkpoint."""
    state = state_of(load_checkpoint(folder / "ckpt.keras"))
    found = {**results_record(scores=[score_record()]), **state, **changes}
    (folder / "evaluation.json").write_text(json.dumps(found), encoding="utf-8")
